//! Plain pages for people: the same content as the JSON, without scripts, with every character of the data escaped.

use serde_json::Value;
use std::fmt::Write;

/// Media type of pages.
pub const MEDIA_TYPE: &str = "text/html; charset=utf-8";

/// Pages need their own style and nothing else.
pub const SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:70rem;color:#222;background:#fbfaf8}\
a{color:#0b5e93}nav{margin-bottom:1rem}h1{font-size:1.5rem}dl{margin:0}dt{font-weight:600;margin-top:.5rem}dd{margin:0 0 0 1.2rem}\
ul{margin:0;padding-left:1.2rem}.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}\
th,td{border:1px solid #d8d4cc;padding:.25rem .5rem;text-align:left;vertical-align:top;max-width:24rem;overflow-wrap:anywhere}\
th{background:#efece6}code{font-size:.9em}.note{color:#555;font-size:.85rem}";

/// Text as it may stand in an element or in a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A link, if the address is one a browser may follow; else its text.
pub fn anchor(href: &str, label: &str) -> String {
    match href.starts_with("http://") || href.starts_with("https://") {
        true => format!("<a href=\"{}\">{}</a>", escape(href), escape(label)),
        false => escape(label),
    }
}

/// A whole page around a body that is HTML already.
pub fn page(title: &str, base: &str, body: &str) -> String {
    let title = escape(title);
    let home = [
        ("/", "Map"),
        ("/?f=json", "Service"),
        ("/collections?f=html", "Collections"),
        ("/api.html", "API"),
        ("/signin", "Sign in"),
    ];
    let home: Vec<String> = home.iter().map(|(path, label)| anchor(&format!("{base}{path}"), label)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\n<body><nav>{}</nav><main><h1>{title}</h1>\n{body}\n\
         </main></body></html>\n",
        home.join(" · ")
    )
}

/// A page that shows a JSON document as nested lists.
pub fn document(title: &str, base: &str, document: &Value) -> String {
    let mut body = String::new();
    value(document, &mut body);
    page(title, base, &body)
}

/// One value of the data in a table cell or list: links become links.
pub fn value(json: &Value, out: &mut String) {
    match json {
        Value::Null => out.push('–'),
        Value::String(text) => out.push_str(&anchor(text, text)),
        Value::Array(items) => {
            out.push_str("<ul>");
            for item in items {
                out.push_str("<li>");
                value(item, out);
                out.push_str("</li>");
            }
            out.push_str("</ul>");
        }
        Value::Object(members) => {
            match (members.get("href").and_then(Value::as_str), members.get("title").and_then(Value::as_str)) {
                (Some(href), Some(title)) => {
                    let detail = |name: &str| members.get(name).and_then(Value::as_str).map(escape).unwrap_or_default();
                    let _ =
                        write!(out, "{} <span class=\"note\">{} {}</span>", anchor(href, title), detail("rel"), detail("type"));
                }
                _ => {
                    out.push_str("<dl>");
                    for (name, member) in members {
                        let _ = write!(out, "<dt>{}</dt><dd>", escape(name));
                        value(member, out);
                        out.push_str("</dd>");
                    }
                    out.push_str("</dl>");
                }
            }
        }
        scalar => out.push_str(&escape(&scalar.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_in_the_data_becomes_markup() {
        let evil =
            json!({"<script>": "\"><img src=x onerror=alert(1)>", "links": [{"href": "javascript:alert(1)", "title": "<b>'x'"}]});
        let page = document("</title><script>alert(1)</script>", "http://127.0.0.1:8080", &evil);
        for tag in ["<script", "<img", "<b>", "javascript:"] {
            assert!(!page.contains(tag), "{tag} in {page}");
        }
    }

    #[test]
    fn addresses_become_links() {
        let page = document("t", "http://h", &json!({"url": "https://example.org/?a=1&b=2"}));
        assert!(page.contains("<a href=\"https://example.org/?a=1&amp;b=2\">"), "{page}");
    }
}
