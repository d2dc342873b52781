import { sqlDatabase } from "coatcheck/extensions/sql";
import { database } from "./database";

/** Where extensions keep what outlives a session: beside the users and orders. */
export const extensionDatabase = sqlDatabase(database);
