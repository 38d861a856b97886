//! Where a request may carry a token: `Authorization`, as Bearer or as the password of Basic, or a cookie that stands for one; nowhere else.

use crate::problem::Problem;
use axum::http::{HeaderMap, Uri, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roadblock_layers::tokens::Token;

/// The cookie that holds the id of a session.
pub const COOKIE: &str = "roadblock-session";
/// Parameters by which other services take tokens.
const MISPLACED: [&str; 3] = ["token", "access_token", "api_key"];

/// What `Authorization` says.
pub(super) enum Said {
    /// It is not there.
    Nothing,
    /// Something that no token can be read from.
    Garbage,
    /// By a scheme that carries no token of ours, so that nobody guesses one by it.
    Foreign,
    /// A token, which may be anybody's.
    Token(Token),
}

/// Reads `Authorization`. Of Basic the password is the token, whatever the user is called: QGIS and ArcGIS ask for both.
pub(super) fn said(headers: &HeaderMap) -> Said {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Said::Nothing,
        (Some(value), None) => value.to_str().map_or(Said::Garbage, by_scheme),
        (Some(_), Some(_)) => Said::Garbage,
    }
}

fn by_scheme(value: &str) -> Said {
    let Some((scheme, rest)) = value.split_once(' ') else { return Said::Garbage };
    let rest = rest.trim_matches(' ');
    let token = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Token::parse(rest),
        "basic" => password(rest).as_deref().and_then(Token::parse),
        _ => return Said::Foreign,
    };
    token.map_or(Said::Garbage, Said::Token)
}

/// What stands behind the user's name.
fn password(basic: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(basic).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

/// The id of a session that a cookie holds.
pub(super) fn session_id(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, id)| id)
}

/// Refuses a token in the address, where histories, logs and links would keep it.
pub(super) fn refuse_in_address(uri: &Uri) -> Result<(), Problem> {
    let names = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split('=').next());
    match names.filter_map(|name| MISPLACED.iter().find(|known| name.eq_ignore_ascii_case(known))).next() {
        None => Ok(()),
        Some(name) => Err(Problem::bad_request(
            "TokenInAddress",
            format!(
                "a token does not belong into an address, which others keep; send it as 'Authorization: Bearer TOKEN' or as the \
                 password of Basic, and revoke the one that was in '{name}' if it was real"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        match said(&headers) {
            Said::Nothing => "nothing".into(),
            Said::Garbage => "garbage".into(),
            Said::Foreign => "foreign".into(),
            Said::Token(token) => token.reveal().into(),
        }
    }

    #[test]
    fn a_token_is_read_from_bearer_and_from_the_password_of_basic() {
        let token = Token::of([7; 32]);
        let token = token.reveal();
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        for good in [
            format!("Bearer {token}"),
            format!("bearer  {token} "),
            basic(&format!("anna:{token}")),
            basic(&format!(":{token}")),
            basic(&format!("Aïssata:{token}")).replace("Basic", "BASIC"),
        ] {
            assert_eq!(read(&[&good]), token, "{good}");
        }
        let bearer = format!("Bearer {token}");
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            token,
            &bearer.replace(' ', ""),
            &format!("Bearer {token},"),
            "Basic %%%",
            &basic(token),
            &basic(&format!("{token}:")),
            &basic(&format!("a:b:{token}")),
        ] {
            assert_eq!(read(&[bad]), "garbage", "{bad}");
        }
        for foreign in [&format!("Digest {token}"), "Negotiate abc"] {
            assert_eq!(read(&[foreign]), "foreign", "{foreign}");
        }
        assert_eq!(read(&[]), "nothing");
        assert_eq!(read(&[&bearer, &bearer]), "garbage", "nobody knows which one is meant");
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let of = |text: &'static str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(text))]);
            session_id(&headers).map(str::to_owned)
        };
        assert_eq!(of("a=b; roadblock-session=x; c=d").as_deref(), Some("x"));
        assert_eq!(of("roadblock-session-2=x; other=roadblock-session=y"), None);
    }

    #[test]
    fn a_token_in_the_address_is_refused_without_being_repeated() {
        let of = |address: &str| refuse_in_address(&address.parse().unwrap());
        for bad in ["/?token=rb_secret", "/xyz/a/1/0/0.mvt?v=1&access_token=rb_secret", "/?TOKEN", "/?api_key=rb_secret"] {
            let problem = of(bad).unwrap_err();
            assert_eq!(problem.status, 400);
            assert!(problem.detail.contains("Bearer") && !problem.detail.contains("secret"), "{}", problem.detail);
        }
        for good in ["/", "/?v=token", "/?tokens=1", "/token"] {
            assert!(of(good).is_ok(), "{good}");
        }
    }
}
