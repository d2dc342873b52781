// Takes the write lock of a database, says so, and holds it for a time. Arguments: the file, milliseconds.
import Database from "libsql";

const [, , path, ms] = process.argv;
const database = new Database(path);
database.exec("PRAGMA busy_timeout = 5000");
database.exec("BEGIN IMMEDIATE");
console.log("locked");
setTimeout(() => {
  database.exec("COMMIT");
  database.close();
}, Number(ms));
