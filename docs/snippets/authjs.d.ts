// biome-ignore-all lint/suspicious/noExplicitAny: as Auth.js declares them
// The little of Auth.js, NextAuth, Better Auth and Clerk that the snippets use, so that checking the documentation needs none of
// them. What the adapter does on real ones is tested in test/authjs.

declare module "next-auth" {
  interface Session {
    user?: { id?: string; name?: string | null; email?: string | null; image?: string | null };
    expires: string;
  }
  export type NextAuthOptions = {
    adapter?: any;
    providers: any[];
    session?: any;
    jwt?: any;
    callbacks?: any;
    events?: any;
  };
  export default function NextAuth(config: NextAuthOptions): {
    handlers: Record<"GET" | "POST", (request: Request) => Promise<Response>>;
    auth: ((request: object, response: object) => Promise<Session | null>) & (() => Promise<Session | null>);
    signIn(provider?: string, options?: FormData | object): Promise<any>;
    signOut(options?: { redirect?: boolean; redirectTo?: string }): Promise<any>;
  };
  export function getServerSession(...args: any[]): Promise<Session | null>;
}

declare module "next-auth/providers/credentials" {
  export default function Credentials(options: {
    credentials?: object;
    authorize(credentials: any): Promise<object | null>;
  }): object;
}

declare module "next-auth/providers/github" {
  const GitHub: object;
  export default GitHub;
}

declare module "next-auth/jwt" {
  export function encode(params: any): Promise<string>;
  export function decode(params: any): Promise<object | null>;
}

declare module "@auth/prisma-adapter" {
  export function PrismaAdapter(client: unknown): {
    getUser(
      id: string,
    ): Promise<{ id: string; name?: string | null; email: string; emailVerified: Date | null } | null>;
    deleteUser(id: string): Promise<void>;
  };
}

declare module "better-auth" {
  export function betterAuth(options: object): {
    api: {
      getSession(call: { headers: Headers }): Promise<{ user: { id: string; name: string; email: string } } | null>;
      signOut(call: { headers: Headers }): Promise<unknown>;
    };
  };
}

declare module "@clerk/backend" {
  export function createClerkClient(options: { secretKey?: string; publishableKey?: string }): {
    authenticateRequest(
      request: Request,
    ): Promise<{ toAuth(): { userId: string | null; sessionId: string | null } | null }>;
    sessions: { revokeSession(id: string): Promise<unknown> };
  };
}

/** The application's Prisma client. */
declare const prisma: unknown;
