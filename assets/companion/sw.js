/* Keeps what was served once, so that the page opens where there is no network: the newest from the server if it answers, else
 * what is kept. Requests to anywhere else are not touched.
 */
const KEPT = 'cloud-pin-1';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
    const { request } = event;
    if (request.method === 'GET' && new URL(request.url).origin === self.location.origin) event.respondWith(answer(request));
});

async function answer(request) {
    const kept = await caches.open(KEPT);
    try {
        const fresh = await fetch(request);
        if (fresh.ok) await kept.put(request, fresh.clone());
        return fresh;
    } catch {
        return (await kept.match(request, { ignoreSearch: true })) ?? Response.error();
    }
}
