/** The type of an object, or nothing that could be one. */
type TypeOf = (object: object) => string;

/**
 * Says of what type an object is, in a way that survives JSON: a copy of it with the type as `__typename`.
 *
 * @example
 * ability.can("edit", subject("Lesson", lesson))
 */
export function subject<const Type extends string, Value extends object>(
  type: Type,
  value: Value,
): Value & { readonly __typename: Type } {
  return { ...value, __typename: type };
}

/**
 * The type of an object as it says itself: `__typename`, or what the `subject` of CASL has written on it. Never the name of its
 * class: JSON loses the class, and a bundler changes its name, so that the browser would give other answers than the server.
 *
 * @throws TypeError It says nothing.
 */
export const typeOfSubject: TypeOf = (object) => {
  const { __typename: name, __caslSubjectType__: forced = name } = object as Readonly<Record<string, unknown>>;
  if (typeof forced === "string" && forced !== "") return forced;
  throw new TypeError('The type of the object is not known: ask with subject("Lesson", lesson).');
};
