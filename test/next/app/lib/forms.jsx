import * as actions from "./actions.js";

const named = Object.entries(actions);

export function Forms() {
  return named.map(([name, action]) => (
    <form key={name} action={action} data-action={name}>
      <button type="submit">{name}</button>
    </form>
  ));
}

export const State = ({ value }) => <pre id="state">{JSON.stringify(value)}</pre>;
