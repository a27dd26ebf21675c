/*
A passkey in the place of six digits: asks the browser for one that it has, or makes a new one, and sends what it answers
in a hidden field of an ordinary form. Where no script runs there is no button, and six digits do.

[data-passkey] is the button, hidden until it can do something. data-asked: what is to be made; data-from: where to ask
what is to be signed, at the moment of the tap, since that is good for minutes only.
*/
(() => {
  const button = document.querySelector("[data-passkey]");
  if (!button || !window.PublicKeyCredential || !navigator.credentials) return;
  const form = button.form;

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  }

  function written(buffer) {
    const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }

  async function made(asked) {
    asked.challenge = bytes(asked.challenge);
    asked.user.id = bytes(asked.user.id);
    for (const known of asked.excludeCredentials || []) known.id = bytes(known.id);
    return navigator.credentials.create({ publicKey: asked });
  }

  async function signed(from) {
    const answer = await fetch(from);
    const asked = await answer.json();
    asked.challenge = bytes(asked.challenge);
    return navigator.credentials.get({ publicKey: asked });
  }

  /* As JSON: what is in bytes as base64url, by the names that WebAuthn gives it. */
  function told(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = written(credential.response[name]);
    }
    const { id, type } = credential;
    return JSON.stringify({ id, rawId: written(credential.rawId), type, response, clientExtensionResults: {} });
  }

  function say(text) {
    const said = document.getElementById("passkey_said") || document.createElement("p");
    said.id = "passkey_said";
    said.setAttribute("role", "alert");
    said.className = "error";
    said.textContent = text;
    button.parentNode.after(said);
  }

  /* What stands empty is said by the answer to the form, before anybody is asked for a finger. */
  function isReady() {
    return ["login", "passphrase"].every((name) => !form.elements[name] || form.elements[name].value);
  }

  async function ask(event) {
    event.preventDefault();
    if (!isReady()) return form.requestSubmit();
    button.disabled = true;
    try {
      const { asked, from } = button.dataset;
      form.elements.passkey.value = told(await (asked ? made(JSON.parse(asked)) : signed(from)));
      form.requestSubmit();
    } catch (error) {
      say(button.dataset.failed);
      button.disabled = false;
    }
  }

  button.addEventListener("click", ask);
  button.hidden = false;
  const without = document.getElementById("no_passkey");
  if (without) without.remove();
})();
