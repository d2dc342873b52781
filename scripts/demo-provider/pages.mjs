// @ts-check
// What the library shows. A page is a title and a body; nothing here knows of a request or of the provider.

/** @typedef {{ title: string, body: string }} Page */

/** @param {string} [said] what was wrong with the card before @returns {Page} */
export function loginPage(said) {
  return { title: "Lantern Library", body: alert(said) + readerForm("Go on") };
}

/** @returns {Page} */
export function consentPage() {
  return {
    title: "Vesper asks for your shelf",
    body: `<p>It will see which books you have borrowed. It cannot borrow any, and you can take this back at any time.</p>
     <form method="post"><button>Let Vesper see it</button> <button name="no" value="no" class="quiet">No</button></form>`,
  };
}

/** Where a reader takes back what they have granted. @param {{ given: number, said?: string }} told @returns {Page} */
export function cardPage({ given, said }) {
  const told = `<p>Keys given to Vesper so far: ${given}</p>`;
  return { title: "Your library card", body: alert(said) + told + readerForm("Vesper may see my shelf no more") };
}

/** @returns {Page} */
export function takenBackPage() {
  return { title: "Taken back", body: "<p>Nobody sees your shelf any more.</p>" };
}

/** @returns {Page} */
export function troublePage() {
  return { title: "Something went wrong", body: "<p>Go back to the shop, and try again.</p>" };
}

/** @param {Page} page */
export function html({ title, body }) {
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title}</title>
<style>
  :root { color-scheme: light dark; font: 1.05rem/1.5 Georgia, serif; }
  body { max-width: 24rem; margin: 4rem auto; padding: 0 1rem; background: light-dark(#eef3ee, #14201a); color: light-dark(#17301f, #e3efe6); }
  form, label { display: grid; gap: 0.5rem; } form { gap: 1rem; }
  input, button { font: inherit; padding: 0.5rem 0.8rem; border-radius: 0.3rem; border: 1px solid light-dark(#4b6b55, #8fb09a); }
  button { background: light-dark(#1f5b36, #a9dcb9); color: light-dark(#fff, #0e2416); border-color: transparent; }
  .quiet { background: none; color: inherit; border-color: currentColor; }
</style><main><h1>${title}</h1>${body}</main></html>`;
}

/** @param {string} [said] */
function alert(said) {
  return said ? `<p role="alert">${said}</p>` : "";
}

/** @param {string} button */
function readerForm(button) {
  return `<form method="post">
    <label>Card <input name="card" autocomplete="username" required></label>
    <label>PIN <input name="pin" type="password" autocomplete="current-password" required></label>
    <button>${button}</button>
  </form>`;
}
