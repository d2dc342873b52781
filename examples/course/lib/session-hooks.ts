"use client";

import { sessionHooks } from "coatcheck/react";
import type { sessions } from "./session";

// The types of the configuration, and nothing else of it: no server code comes along.
export const { SessionProvider, useSession, useUser } = sessionHooks<typeof sessions>();
