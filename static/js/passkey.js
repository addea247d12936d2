// passkey has the browser answer a challenge of the box with a passkey, or make
// one, and sends the answer as the form. The box checks it and says what was
// wrong; here are the words for what only the browser knows.
const refresh = 4 * 60 * 1000; // challenges live five minutes

let offered; // what ends the passkeys that the browser offers while one types

export async function passkey(form) {
	if (!window.isSecureContext || !window.PublicKeyCredential) {
		form.querySelector("[data-without]").hidden = false;
		return;
	}
	const button = form.querySelector("[data-with]");
	const says = form.querySelector("[data-says]");
	let busy = false;
	button.hidden = false;
	form.addEventListener("submit", async (e) => {
		e.preventDefault();
		if (busy) return;
		offered?.abort();
		says.textContent = "";
		busy = true;
		try {
			await answer(form, {});
		} catch (err) {
			if (err.name === "SecurityError" || /TLS|certificate/i.test(err.message)) form.querySelector("[data-without]").hidden = false;
			else says.textContent = words(form, err);
			if ("autofill" in form.dataset) offer(form);
		}
		busy = false;
	});
	if ("autofill" in form.dataset && await PublicKeyCredential.isConditionalMediationAvailable?.()) {
		offer(form);
		setInterval(() => { if (!document.hidden && !busy) offer(form); }, refresh);
	}
}

// offer lets the browser suggest passkeys in the field for the address.
async function offer(form) {
	offered?.abort();
	offered = new AbortController();
	try {
		await answer(form, { mediation: "conditional", signal: offered.signal });
	} catch { /* nobody chose one; the button is there */ }
}

function words(form, err) {
	if (err.problem) return err.problem;
	if (err.name === "InvalidStateError") return form.dataset.known;
	if (err.name === "NotAllowedError" || err.name === "AbortError") return form.dataset.cancelled;
	return form.dataset.failed;
}

// answer asks the box for a challenge, the browser for an answer, and sends it.
async function answer(form, how) {
	const { asked, options } = await ask(form, how.signal);
	const make = "make" in form.dataset;
	const publicKey = parse(options, make);
	const found = make ? await navigator.credentials.create({ publicKey, ...how }) : await navigator.credentials.get({ publicKey, ...how });
	form.elements.asked.value = asked;
	form.elements.answer.value = JSON.stringify(said(found));
	const use = document.querySelector('input[type="radio"][name="use"]:checked');
	if (use && form.elements.use) form.elements.use.value = use.value;
	form.submit();
}

async function ask(form, signal) {
	const body = new URLSearchParams();
	if (form.elements.name?.value !== undefined) body.set("name", form.elements.name.value);
	const res = await fetch(form.dataset.passkey, { method: "POST", body, signal, cache: "no-store", redirect: "manual" });
	if (res.type === "opaqueredirect") { // signed out meanwhile, or to be confirmed once more: the page leads there
		location.reload();
		return new Promise(() => {});
	}
	const said = await res.json();
	if (!res.ok) throw Object.assign(new Error("refused"), { problem: said.problem });
	return said;
}

const bytes = (s) => Uint8Array.from(atob(s.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const plain = (b) => b && btoa(String.fromCharCode(...new Uint8Array(b))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const known = (list) => list?.map((c) => ({ ...c, id: bytes(c.id) }));

function parse(o, make) {
	if (make && PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(o);
	if (!make && PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(o);
	const out = { ...o, challenge: bytes(o.challenge) };
	if (o.user) out.user = { ...o.user, id: bytes(o.user.id) };
	if (o.excludeCredentials) out.excludeCredentials = known(o.excludeCredentials);
	if (o.allowCredentials) out.allowCredentials = known(o.allowCredentials);
	return out;
}

function said(c) {
	try {
		return c.toJSON();
	} catch { // an older browser, or a password manager in between
		const r = c.response;
		return { id: c.id, rawId: plain(c.rawId), type: c.type, clientExtensionResults: {}, response: {
			clientDataJSON: plain(r.clientDataJSON), attestationObject: plain(r.attestationObject), transports: r.getTransports?.(),
			authenticatorData: plain(r.authenticatorData ?? r.getAuthenticatorData?.()), signature: plain(r.signature), userHandle: plain(r.userHandle) || undefined } };
	}
}
