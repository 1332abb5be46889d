// Draws the API's documentation; the badge of a validator elsewhere is off, for nothing may ask another host.
document.addEventListener('DOMContentLoaded', () => {
  window.SwaggerUIBundle({
    dom_id: '#api-docs',
    url: '/api/openapi.json',
    validatorUrl: null,
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    filter: true,
  });
});
