/** Real time goes by, for as long as a fault lasts. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
