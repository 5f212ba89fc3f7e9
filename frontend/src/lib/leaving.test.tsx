import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { mayLeave, useLeaveQuestion } from "./leaving";

afterEach(() => vi.unstubAllGlobals());

function Page({ question, onOpen }: { question: string | null; onOpen: () => void }) {
  useLeaveQuestion(question);
  const open = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    onOpen();
  };
  return (
    <a href="/executions" onClick={open}>
      Executions
    </a>
  );
}

it("asks before a link is followed, as long as there is something to lose", async () => {
  const opened = vi.fn();
  const answer = vi.fn(() => false);
  vi.stubGlobal("confirm", answer);
  const { rerender } = render(<Page question="Leave?" onOpen={opened} />);
  const link = screen.getByRole("link");
  await userEvent.click(link);
  expect(answer).toHaveBeenCalledExactlyOnceWith("Leave?");
  expect(opened).not.toHaveBeenCalled();
  expect(mayLeave()).toBe(false);

  answer.mockReturnValue(true);
  await userEvent.click(link);
  expect(opened).toHaveBeenCalledOnce();

  answer.mockReset();
  rerender(<Page question={null} onOpen={opened} />);
  await userEvent.click(link);
  expect(answer).not.toHaveBeenCalled();
  expect(mayLeave()).toBe(true);
});
