"""What every part of Weft may know: ids, time, errors, who acts, messages and the bus."""
