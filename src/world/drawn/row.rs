//! What tiles say of a feature beside its geometry: its number for map clients, and codes of its values.

use roadblock_layers::dictionary::moved;

/// Of one feature.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Its number for map clients.
    pub id: u64,
    /// As its sheet has them.
    codes: &'a [u32],
    first_code: u32,
}

impl<'a> Row<'a> {
    /// Of a sheet whose codes begin after `first_code` others.
    pub(super) fn new(id: u64, codes: &'a [u32], first_code: u32) -> Self {
        Self { id, codes, first_code }
    }

    /// Codes of its values in the columns that travel in tiles, but for what depends on the asked time.
    pub fn codes(self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        self.codes.iter().map(move |&code| moved(code, self.first_code))
    }
}

/// Rows one after the other, copied, so that they lie near each other. All have as many codes.
#[derive(Debug, Default)]
pub struct Rows {
    ids: Vec<u64>,
    codes: Vec<u32>,
}

impl Rows {
    /// Appends one.
    pub fn push(&mut self, row: Row<'_>) {
        self.ids.push(row.id);
        self.codes.extend(row.codes());
    }

    /// One of them, counted from 0.
    pub fn get(&self, number: usize) -> Option<Row<'_>> {
        let width = self.codes.len().checked_div(self.ids.len())?;
        Some(Row::new(*self.ids.get(number)?, self.codes.get(number * width..(number + 1) * width)?, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadblock_layers::dictionary::NULL;

    #[test]
    fn copied_rows_say_what_those_of_any_sheet_said() {
        let of = |row: Row<'_>| (row.id, row.codes().collect::<Vec<_>>());
        for width in [0, 1, 3] {
            let codes: [&[u32]; 3] = [&[4, NULL, 5], &[6, 7, NULL], &[NULL, 9, 8]];
            let rows = codes.map(|codes| Row::new(codes[2].into(), &codes[..width], codes[0] * 100));
            let mut copied = Rows::default();
            rows.iter().for_each(|row| copied.push(*row));
            for (number, row) in rows.into_iter().enumerate() {
                assert_eq!(copied.get(number).map(of), Some(of(row)), "{width}");
            }
            assert!(copied.get(3).is_none() && Rows::default().get(0).is_none());
        }
    }
}
