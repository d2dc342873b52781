import type { DataSchemas } from "../core/data-shape.ts";
import type { ExtensionObject } from "../core/extensions.ts";
import type { DataOf, InputOf, ReadonlySession, SessionTypes } from "../core/session.ts";
import type { ActionDefinition } from "./action-definition.ts";

declare const carried: unique symbol;

/** An extension with all its types, for `extend` of a configuration and for `needs` of others. */
export interface DefinedExtension<Name extends string, Value, View = never, Actions = unknown>
  // biome-ignore lint/suspicious/noExplicitAny: it must fit a configuration with any session
  extends ExtensionObject<any, Value> {
  readonly name: Name;
  readonly actions?: Actions & object;
  /** What the types carry. It does not exist at run time. */
  readonly [carried]?: { readonly value: Value; readonly view: View; readonly actions: Actions };
}

/** Any defined extension. */
// biome-ignore lint/suspicious/noExplicitAny: as it says
export type AnyDefinedExtension = DefinedExtension<string, any, any, any>;

/** The values of the extensions that one needs, by their names. */
export type NeededValues<Needs extends readonly AnyDefinedExtension[]> = {
  readonly [Needed in Needs[number] as Needed["name"]]: Needed extends DefinedExtension<string, infer Value, never>
    ? Value
    : ReturnType<Needed["resolve"]>;
};

/** What the sessions of an extension's own functions look like: any application's, with what it needs. */
type SessionWith<Values> = ReadonlySession<AnyTypes> & Values;

interface AnyTypes extends SessionTypes {
  // biome-ignore lint/suspicious/noExplicitAny: what the application's data and users are, is known to the application
  readonly user: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly input: any;
}

/** The types of the sessions that the actions of an extension are given. */
interface ActingTypes<Values extends object> extends AnyTypes {
  readonly extensions: Values;
}

/** What `defineExtension` takes: see `ExtensionObject` for each part. */
export interface ExtensionDefinition<
  Name extends string,
  Value,
  Schemas extends DataSchemas,
  Needs extends readonly AnyDefinedExtension[],
  View,
  Actions extends object,
  Inputs extends object,
> extends Omit<
    ExtensionObject<SessionWith<NeededValues<Needs>>, Value, DataOf<Schemas>, InputOf<Schemas>>,
    "name" | "needs" | "data" | "actions" | "publicView"
  > {
  /** The name under which it stands in `extend`, and on the session. */
  readonly name: Name;
  readonly needs?: Needs;
  readonly data?: Schemas;
  publicView?(value: Awaited<Value>, session: SessionWith<NeededValues<Needs>>): View;
  /** HTTP actions, `{basePath}/{name}` each: the viewer is the session's, and the session has this extension's value. */
  readonly actions?: Actions & {
    readonly [Action in keyof Inputs]: ActionDefinition<
      Inputs[Action],
      ActingTypes<NeededValues<Needs> & { readonly [Own in Name]: Value }>
    >;
  };
}

/**
 * Defines an extension of the session: a typed property that is made when it is first read, once per request, with whatever
 * belongs to it: data of its own, HTTP actions, what a browser may see of it, and what happens when it fails. It does nothing
 * at run time but hand back what it was given; the configuration that it is put in checks it.
 *
 * A failing extension takes neither the session nor another extension down: whoever reads it gets `EXTENSION_FAILED`, or its
 * `fallback`. A promise that is not settled within `timeLimit` (default `"10s"`) has failed.
 *
 * @returns The same object, with its types.
 * @example
 * export const progress = defineExtension({
 *   name: "progress",
 *   async resolve(session) {
 *     const done = session.userId ? await lessonsDoneBy(session.userId) : []
 *     return { isDone: (lesson: string) => done.includes(lesson) }
 *   },
 * })
 * // session.ts
 * nextSessions({ store, extend: { progress } })
 * // a page
 * const { isDone } = await session.progress
 */
export function defineExtension<
  const Name extends string,
  Value,
  const Schemas extends DataSchemas = Record<never, never>,
  const Needs extends readonly AnyDefinedExtension[] = [],
  View = never,
  const Actions extends object = object,
  Inputs extends object = object,
>(
  definition: ExtensionDefinition<Name, Value, Schemas, Needs, View, Actions, Inputs>,
): DefinedExtension<Name, Value, View, Actions> {
  return definition as unknown as DefinedExtension<Name, Value, View, Actions>;
}

/** What the extensions of a configuration show a browser, each under its name. One that fails is left out. */
export type ViewsOf<Extend> = {
  readonly [Name in keyof Extend as ShownBy<Extend[Name]> extends never ? never : Name]?: Awaited<
    ShownBy<Extend[Name]>
  >;
};

type ShownBy<Given> =
  Given extends DefinedExtension<string, infer _Value, infer View, infer _Actions>
    ? [View] extends [never]
      ? never
      : View
    : never;

/** The actions of all extensions of a configuration, as `InferActions` reads them. */
export type ExtensionActions<Extend> = UnionToIntersection<
  {
    readonly [Name in keyof Extend]: Extend[Name] extends { readonly actions?: infer Actions }
      ? Actions & object
      : object;
  }[keyof Extend]
>;

type UnionToIntersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : object;
