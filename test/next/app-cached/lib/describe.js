export function describe(session) {
  const { id, userId, user, data, isAnonymous } = session;
  return { id, userId, user, data: { ...data }, isAnonymous, canWrite: typeof session.set === "function" };
}

export async function codeOf(work) {
  try {
    await work();
    return "no error";
  } catch (error) {
    if (typeof error?.digest === "string") throw error;
    return error?.code ?? `no code: ${error?.message}`;
  }
}
