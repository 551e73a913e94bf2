// Starts Swagger UI on our own description; it validates nothing elsewhere.
window.ui = SwaggerUIBundle({
  url: "/api/schema/openapi.json",
  dom_id: "#ui",
  validatorUrl: null,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
});
