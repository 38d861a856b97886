//! What a layer consists of as lists of plain numbers, so that whoever keeps it in a file needs to know nothing of layers; and back.
//!
//! Lists that come back are not believed. This module has what the others share: the error, and texts in a row.

use std::borrow::Cow;
use std::sync::Arc;

/// Lists that no layer can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BrokenLists(pub(crate) &'static str);

/// Texts one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextLists<'a> {
    /// UTF-8.
    pub bytes: Cow<'a, [u8]>,
    /// Where each text ends.
    pub ends: Cow<'a, [u64]>,
}

impl TextLists<'_> {
    /// Appends a text.
    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.to_mut().extend_from_slice(text.as_bytes());
        let end = self.bytes.len() as u64;
        self.ends.to_mut().push(end);
    }

    /// The texts in order; each is `None` if it does not lie within the bytes, which must be UTF-8.
    pub(crate) fn texts(&self) -> Result<impl Iterator<Item = Option<&str>>, BrokenLists> {
        const BROKEN: BrokenLists = BrokenLists("texts that are no UTF-8, or end somewhere else");
        let Ok(all) = std::str::from_utf8(&self.bytes) else { return Err(BROKEN) };
        if self.ends.last().copied().unwrap_or(0) != all.len() as u64 {
            return Err(BROKEN);
        }
        let mut start = 0;
        Ok(self.ends.iter().map(move |&end| {
            let end = usize::try_from(end).ok()?;
            let text = all.get(start..end)?;
            start = end;
            Some(text)
        }))
    }
}

/// The next of some texts.
pub(crate) fn next_text<'t>(texts: &mut impl Iterator<Item = Option<&'t str>>) -> Result<Arc<str>, BrokenLists> {
    texts.next().flatten().map(Arc::from).ok_or(BrokenLists("a text that is not there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_and_ends_within_a_letter_or_beyond_do_not() {
        let mut lists = TextLists::default();
        ["Kayes", "", "Ségou"].into_iter().for_each(|text| lists.push(text));
        let texts =
            |lists: &TextLists<'_>| lists.texts().map(|texts| texts.map(|text| text.map(str::to_owned)).collect::<Vec<_>>());
        assert_eq!(texts(&lists).unwrap(), ["Kayes", "", "Ségou"].map(|text| Some(text.to_owned())));
        let ended = |ends: &[u64]| TextLists { ends: ends.to_vec().into(), ..lists.clone() };
        assert_eq!(texts(&ended(&[7, 11])).unwrap()[0], None, "within a letter");
        assert_eq!(texts(&ended(&[9, 5, 11])).unwrap()[1], None, "backwards");
        assert!(texts(&ended(&[5])).is_err() && texts(&ended(&[])).is_err() && texts(&ended(&[99])).is_err());
        assert!(TextLists { bytes: vec![0xff].into(), ends: vec![1].into() }.texts().is_err());
    }
}
