/** zod, its small form, without its compiler: the content security policy forbids `new Function`. */
import { config } from "zod/mini";

config({ jitless: true });

export * from "zod/mini";
