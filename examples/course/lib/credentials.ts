import { z } from "zod";

// Longer passwords are refused before they cost a hash.
const longest = 128;

export const signInSchema = z.object({ email: z.email().max(254), password: z.string().min(1).max(longest) });

export type Credentials = z.output<typeof signInSchema>;

const newPassword = z
  .string()
  .min(10, "At least 10 characters; a few words make a good one.")
  .max(longest, "At most 128 characters.");

export const signUpSchema = z.object({
  name: z.string().trim().min(1, "Tell us what to call you.").max(80, "At most 80 characters."),
  email: z.email("That does not look like an e-mail address.").max(254, "That address is too long."),
  password: newPassword,
});

export const changePasswordSchema = z.object({ password: newPassword });

export const confirmSchema = z.object({ password: z.string().min(1).max(longest) });

/** What a form shows after a failed attempt. Passwords are never sent back. */
export interface AttemptState {
  readonly values: { readonly name?: string; readonly email?: string };
  readonly errors: Readonly<Record<string, string>>;
  readonly message?: string;
}
