import { Findings } from "../findings.mjs";

const presented = 100;

/** So many proofs are made at once: none is too old by its turn. */
const madeAtOnce = 20;

/**
 * J12: one proof is presented a hundred times at once, in all processes: exactly one is accepted, and the others are refused for
 * their proof and for nothing else.
 */
export async function dpopReplays(crew, { figure }) {
  const findings = new Findings();
  while (findings.reached < figure) {
    const count = Math.min(madeAtOnce, figure - findings.reached);
    const { proofs, ...known } = await crew.call(0, "makeProofs", { count });
    for (const proof of proofs) await presentEverywhere(crew, { ...known, proof }, findings);
  }
  return findings;
}

async function presentEverywhere(crew, known, findings) {
  const order = { ...known, count: Math.ceil(presented / crew.size) };
  const answers = (await crew.everyone("presentProof", () => order)).flat();
  const accepted = answers.filter((answer) => answer === "accepted").length;
  findings.check(accepted === 1, () => `one proof was accepted ${accepted} times`);
  const others = answers.filter((answer) => answer !== "accepted" && answer !== "proof");
  findings.check(others.length === 0, () => `${others.length} were refused otherwise: ${others[0]}`);
  findings.reached += 1;
}
