/** zod without its compiler: `new Function` is forbidden by the content security policy. */
import { config } from "zod";

config({ jitless: true });

export * from "zod";
