// Takes the link out of the address bar: it is a secret, and the cookie has taken its place.
const address = new URL(location.href);
if (address.searchParams.has("link")) {
  address.searchParams.delete("link");
  history.replaceState(null, "", address);
}
