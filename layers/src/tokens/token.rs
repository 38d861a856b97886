//! The secret itself: 256 bits that somebody else drew, as text.

use crate::store::Digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// By this people and scanners for secrets know one when they see it.
const START: &str = "rb_";
/// Bytes of chance in a token.
const CHANCE: usize = 32;

/// A secret. It has no `Debug` and no `Display`, so that it gets into no log by accident.
pub struct Token(String);

impl Token {
    /// The token of 256 bits, which must be random.
    pub fn of(bits: [u8; CHANCE]) -> Self {
        Self(format!("{START}{}", URL_SAFE_NO_PAD.encode(bits)))
    }

    /// Reads what may be a token; `None` if no token looks like it.
    pub fn parse(text: &str) -> Option<Self> {
        let bits = URL_SAFE_NO_PAD.decode(text.strip_prefix(START)?).ok()?;
        (bits.len() == CHANCE).then(|| Self(text.to_owned()))
    }

    /// The secret, for the one who asked for it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What it is recognised by. A plain hash does: there is nothing to guess in 256 random bits, so nothing to slow down.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_into_an_address_and_reads_back() {
        for bits in [[0; 32], [255; 32], [0xfb; 32]] {
            let token = Token::of(bits);
            let text = token.reveal();
            assert_eq!(text.len(), 46);
            assert!(text.chars().all(|one| one.is_ascii_alphanumeric() || "-_".contains(one)), "{text}");
            assert!(Token::parse(text).unwrap().digest() == token.digest());
        }
        assert_ne!(Token::of([0; 32]).digest(), Token::of([1; 32]).digest());
    }

    #[test]
    fn what_is_no_token_is_seen_at_once() {
        let whole = Token::of([7; 32]).reveal().to_owned();
        for odd in
            ["", "rb_", &whole[..45], &whole[3..], &format!("{whole}A"), &whole.replace("rb_", "rb-"), &format!(" {whole}")]
        {
            assert!(Token::parse(odd).is_none(), "{odd}");
        }
    }
}
