// Addresses of this server, wherever a proxy has put it: seen from this script, which lies in assets/ under the root.

export const root = new URL("..", import.meta.url).href;
