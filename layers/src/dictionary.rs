//! Property values, each kept once: features hold small numbers in their place, and so do tiles while they are made.

use crate::value::Value;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The code of `Value::Null`.
pub const NULL: u32 = 0;

/// A code as it is where the dictionary comes after others that have `first_code` codes. Null has one code everywhere.
pub fn moved(code: u32, first_code: u32) -> u32 {
    if code == NULL { NULL } else { code + first_code }
}

/// Different values of one column that are looked up; what comes after them is kept as often as it comes.
const SHARED: usize = 1 << 16;

/// The values of a layer by their codes.
#[derive(Debug, Clone)]
pub struct Dictionary {
    values: Vec<Value>,
    /// Codes from here on are known to stand in one place only.
    singles: usize,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::of(vec![Value::Null])
    }
}

impl Dictionary {
    /// The value of a code; null for a code that was never given.
    pub fn value(&self, code: u32) -> &Value {
        self.values.get(code as usize).unwrap_or(&Value::Null)
    }

    /// The code from which on each surely stands in one column of one feature only.
    pub fn first_single(&self) -> u32 {
        // There are never more than 2^32.
        u32::try_from(self.singles).unwrap_or(u32::MAX)
    }

    /// How many codes there are: each is below this.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether nothing but null is known.
    pub fn is_empty(&self) -> bool {
        self.values.len() <= 1
    }

    /// From values in the order of their codes; the first must be null.
    pub(crate) fn of(values: Vec<Value>) -> Self {
        Self { singles: values.len(), values }
    }

    /// Notes which codes stand in one place only, as far as they come last; all of the columns that use them are told. `O(n)`.
    pub(crate) fn note_singles(&mut self, columns: &[Vec<u32>]) {
        let uses = self.uses(columns);
        self.singles = uses.iter().rposition(|uses| *uses > 1).map_or(1, |last| last + 1).max(1);
    }

    /// How often each code stands in columns, counted up to two.
    fn uses(&self, columns: &[Vec<u32>]) -> Vec<u8> {
        let mut uses = vec![0u8; self.values.len()];
        for &code in columns.iter().flatten() {
            if let Some(uses) = uses.get_mut(code as usize) {
                *uses = (*uses + 1).min(2);
            }
        }
        uses
    }

    /// The values in the order of their codes.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The same for whoever gives them other codes.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// Leaves the values of these codes, numbered in the order in which they come, those that stand in one place only after all others; the
    /// columns that use them are told. `shared` come before all, however often columns have them. Says what each code is now. Text is put anew,
    /// so that it lies in memory in that order too, unless others hold it; the old stays until all is done, or else each text would take the
    /// place of the one before it.
    pub(crate) fn renumber(&mut self, shared: &[u32], codes: impl Iterator<Item = u32>, columns: &[Vec<u32>]) -> Vec<u32> {
        let mut uses = self.uses(columns);
        for &code in shared {
            if let Some(uses) = uses.get_mut(code as usize) {
                *uses = 2;
            }
        }
        let (mut several, mut singles) = (Vec::new(), Vec::new());
        for code in shared.iter().copied().chain(codes).filter(|code| *code != NULL) {
            // Who was met is met no more.
            match uses.get_mut(code as usize).map(std::mem::take) {
                None | Some(0) => (),
                Some(1) => singles.push(code),
                Some(_) => several.push(code),
            }
        }
        let anew = |text: &Arc<str>| if Arc::strong_count(text) > 1 { Arc::clone(text) } else { Arc::from(&**text) };
        let mut kept = Self::default();
        kept.values.reserve_exact(several.len() + singles.len());
        let mut renumbered: Vec<u32> = vec![NULL; self.values.len()];
        for codes in [several, singles] {
            kept.singles = kept.values.len();
            for code in codes {
                let new = kept.push(match self.value(code) {
                    Value::Text(text) => Value::Text(anew(text)),
                    Value::Json(text) => Value::Json(anew(text)),
                    value => value.clone(),
                });
                if let Some(place) = renumbered.get_mut(code as usize) {
                    *place = new;
                }
            }
        }
        *self = kept;
        renumbered
    }

    /// Gives back the room for values that do not come any more.
    pub(crate) fn shrink(&mut self) {
        self.values.shrink_to_fit();
    }

    /// A new code for a value, whether it has one already or not.
    pub(crate) fn add(&mut self, value: Value) -> u32 {
        let code = self.push(value);
        // Whoever has it now may not be the last.
        self.singles = self.values.len();
        code
    }

    fn push(&mut self, value: Value) -> u32 {
        // More than 2^32 values do not fit into memory.
        let code = u32::try_from(self.values.len()).unwrap_or(NULL);
        self.values.push(value);
        code
    }
}

/// Which values of a column have codes already.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    known: HashMap<Key, u32>,
}

impl Codes {
    /// The codes that a column has already, which is short.
    pub(crate) fn of_column(column: &[u32], dictionary: &Dictionary) -> Self {
        let mut codes = Self::default();
        for &code in column.iter().filter(|code| **code != NULL) {
            codes.known.entry(Key(dictionary.value(code).clone())).or_insert(code);
        }
        codes
    }

    /// The code of a value, a new one if it has none.
    pub(crate) fn of(&mut self, value: Value, dictionary: &mut Dictionary) -> u32 {
        match value {
            Value::Null => NULL,
            value => {
                let key = Key(value);
                if let Some(&code) = self.known.get(&key) {
                    return code;
                }
                let code = dictionary.add(key.0.clone());
                if self.known.len() < SHARED {
                    self.known.insert(key, code);
                }
                code
            }
        }
    }
}

/// A value compared bit by bit, so that 1 and 1.0 stay what they are.
#[derive(Debug)]
struct Key(Value);

impl Key {
    fn bits(&self) -> (u8, u64) {
        match &self.0 {
            Value::Null | Value::Json(_) | Value::Text(_) => (0, 0),
            Value::Bool(value) => (1, u64::from(*value)),
            Value::Int(value) => (2, value.cast_unsigned()),
            Value::Float(value) => (3, value.to_bits()),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Value::Text(one), Value::Text(other)) | (Value::Json(one), Value::Json(other)) => one == other,
            (Value::Text(_) | Value::Json(_), _) | (_, Value::Text(_) | Value::Json(_)) => false,
            _ => self.bits() == other.bits(),
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Text(text) | Value::Json(text) => text.hash(state),
            _ => self.bits().hash(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_nobody_has_are_let_go() {
        let mut dictionary = Dictionary::default();
        let [a, b, c] = ["a", "b", "c"].map(|text| dictionary.add(text.into()));
        let renumbered = dictionary.renumber(&[], [c, NULL, a, c].into_iter(), &[vec![a, NULL, c], vec![c, NULL, NULL]]);
        assert_eq!(dictionary.values(), [Value::Null, "c".into(), "a".into()]);
        assert_eq!([NULL, a, b, c].map(|code| renumbered[code as usize]), [NULL, 2, NULL, 1]);
    }

    #[test]
    fn values_of_one_place_come_last_and_are_known() {
        let mut dictionary = Dictionary::default();
        let [a, b, c] = ["a", "b", "c"].map(|text| dictionary.add(text.into()));
        let columns = [vec![a, b, c], vec![c, b, NULL]];
        assert_eq!(([NULL, a, b, c], dictionary.first_single()), ([0, 1, 2, 3], 4), "nobody has counted");
        let mut told = dictionary.clone();
        told.renumber(&[a], [a, b, c].into_iter(), &columns);
        assert_eq!((told.values(), told.first_single()), (&[Value::Null, "a".into(), "b".into(), "c".into()][..], 4));
        let renumbered = dictionary.renumber(&[], [a, b, c].into_iter(), &columns);
        assert_eq!(dictionary.values(), [Value::Null, "b".into(), "c".into(), "a".into()]);
        let columns = columns.map(|column| column.into_iter().map(|code| renumbered[code as usize]).collect::<Vec<_>>());
        assert_eq!(dictionary.first_single(), 3);
        let mut again = Dictionary::of(dictionary.values().to_vec());
        again.note_singles(&columns);
        assert_eq!(again.first_single(), 3);
        again.add("d".into());
        assert!(again.first_single() > 3, "whoever comes may have any");
        let mut none = Dictionary::default();
        none.note_singles(&[]);
        assert_eq!(none.first_single(), 1);
    }

    #[test]
    fn equal_values_share_a_code_and_others_do_not() {
        let (mut dictionary, mut codes) = (Dictionary::default(), Codes::default());
        let mut code = |value: Value| codes.of(value, &mut dictionary);
        assert_eq!(code(Value::Null), NULL);
        assert_eq!(code("Kayes".into()), code("Kayes".into()));
        let different: Vec<u32> =
            [Value::Int(1), Value::Float(1.0), Value::Bool(true), "1".into(), "".into(), Value::Float(0.0), Value::Float(-0.0)]
                .into_iter()
                .map(&mut code)
                .collect();
        assert_eq!(different.iter().collect::<std::collections::BTreeSet<_>>().len(), different.len());
        assert_eq!(dictionary.value(different[1]), &Value::Float(1.0));
        assert_eq!(dictionary.value(u32::MAX), &Value::Null);
    }
}
