import { connect } from "node:net";

/** Where the services of this machine are: the addresses that tests and programs use. */
export const services = {
  postgres: process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres",
  mysql: process.env.MYSQL_URL ?? "mysql://root@127.0.0.1:3306/test",
  redis: process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
};

const patience = 2_000;

/** Whether something listens at the address of a URL: `true`, or what is wrong. */
export async function reach(url) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), timeout: patience });
  try {
    return await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("timeout", () => resolve(`does not answer at ${hostname}:${port}`));
      socket.once("error", ({ code }) => resolve(`is not reachable at ${hostname}:${port} (${code})`));
    });
  } finally {
    socket.destroy();
  }
}
