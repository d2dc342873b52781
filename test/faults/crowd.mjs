import { Chance } from "../races/chance.mjs";
import { pause } from "./pause.mjs";
import { Visitor } from "./visitor.mjs";

const waitWhenRefused = 40;

/** Many visitors who come and go until they are told to stop. */
export class Crowd {
  visitors;
  #think;
  #isOpen = true;
  #lives = [];

  /** @param setup `size` visitors, who wait `think` milliseconds between two pages. */
  constructor({ application, findings, seed, size, patience, think }) {
    this.visitors = Array.from({ length: size }, (_, number) => {
      const tag = `visitor-${number}`;
      return new Visitor({ application, findings, chance: new Chance(seed * 10_007 + number), patience, tag });
    });
    this.#think = think;
  }

  start() {
    this.#lives = this.visitors.map((visitor) => this.#live(visitor));
  }

  /** Lets every visitor finish its page, and nobody come again. */
  async stop() {
    this.#isOpen = false;
    await Promise.all(this.#lives);
  }

  /** Lets every visitor look once more. */
  async lookAgain() {
    for (let from = 0; from < this.visitors.length; from += 50) {
      await Promise.all(this.visitors.slice(from, from + 50).map((visitor) => visitor.look()));
    }
  }

  /** How many requests were answered and refused, how many visitors had to begin anew, and the longest answer in ms. */
  get stats() {
    const all = this.visitors.map(({ stats }) => stats);
    const sum = (name) => all.reduce((total, stats) => total + stats[name], 0);
    const slowest = Math.round(Math.max(0, ...all.map((stats) => stats.slowest)));
    return { answered: sum("answered"), refused: sum("refused"), stranded: sum("stranded"), slowest };
  }

  async #live(visitor) {
    while (this.#isOpen) {
      const isAnswered = await visitor.turn();
      await pause(isAnswered ? this.#think : this.#think + waitWhenRefused);
    }
  }
}
