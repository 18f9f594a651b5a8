const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

// What is tried out goes to the server that the page came from, whichever the document names.
const servers = [{ url: new URL(".", location.href).href.replace(/\/$/, "") }];
const here = {
  statePlugins: { spec: { wrapActions: { updateJsonSpec: (update) => (spec) => update({ ...spec, servers }) } } },
};

SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#reference",
  plugins: [here],
  deepLinking: true,
  filter: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // the viewer would ask its maker's server
});
