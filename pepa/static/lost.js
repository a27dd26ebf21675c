/*
Says so when a form could not be sent: the line is gone, the text is still there. The sentence stands in #notices, in
data-lost; without this a request that htmx makes would fail without a word.
*/
document.addEventListener("htmx:error", (event) => {
  const notices = document.getElementById("notices");
  if (!notices || event.detail.ctx.request.method === "GET") return;
  const said = document.createElement("p");
  said.textContent = notices.dataset.lost;
  const notice = document.createElement("div");
  notice.className = "notice late";
  notice.setAttribute("role", "alert");
  notice.append(said);
  notices.replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
});
