// OpenLayers measures letters in an element whose text it sets as markup. The page's security policy forbids that for all
// markup; this lets through what has none, and only that.

interface Policies {
  createPolicy(name: string, rules: { createHTML(text: string): string | null }): unknown;
}

const policies = (window as { trustedTypes?: Policies }).trustedTypes;
policies?.createPolicy("default", { createHTML: (text) => (/[<&]/.test(text) ? null : text) });
