//! SHA-256 over fields, each with its length before it, so that no two different rows are the same bytes.

use sha2::{Digest as _, Sha256};
use std::fmt;

/// 32 bytes that nobody finds other content for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub(super) [u8; 32]);

impl Digest {
    /// What stands before the first entry of a chain.
    pub(super) const NONE: Self = Self([0; 32]);

    /// Digest of some bytes, such as those of a request.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Takes the fields of a row one after the other.
pub(super) struct Fields(Sha256);

impl Fields {
    /// Rows of one table never have the digest of another's: the table is the first field.
    pub(super) fn of(table: &str) -> Self {
        Self(Sha256::new()).bytes(table.as_bytes())
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    pub(super) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    pub(super) fn number(self, number: i64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// A number that may be missing, which is not the same as any number.
    pub(super) fn maybe(self, number: Option<i64>) -> Self {
        match number {
            Some(number) => self.number(number),
            None => self.bytes(&[]),
        }
    }

    pub(super) fn digest(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sha_256_and_fields_do_not_run_together() {
        assert_eq!(
            Digest::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "the example of FIPS 180-4"
        );
        let fields = |one: &str, two: &str| Fields::of("t").text(one).text(two).digest();
        assert_ne!(fields("ab", "c"), fields("a", "bc"));
        assert_ne!(Fields::of("t").maybe(None).digest(), Fields::of("t").maybe(Some(0)).digest());
    }
}
