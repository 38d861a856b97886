//! JSON text taken apart as it passes: where a value begins and ends, by quotes and brackets alone.
//!
//! What lies within a value is not judged here: whoever gets its text parses it, so that what is wrong with one value costs only
//! that one. Memory: the text of one value, up to the length asked for; what is longer is passed over.

use super::SourceError;
use std::io::BufRead;

/// Text being taken apart.
pub(super) struct Pieces<R> {
    file: R,
    line: u64,
    column: u64,
}

impl<R: BufRead> Pieces<R> {
    pub(super) fn new(file: R) -> Self {
        Self { file, line: 1, column: 0 }
    }

    /// The line read last, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The rest of the text.
    pub(super) fn into_rest(self) -> R {
        self.file
    }

    /// The next byte that is not blank, left where it is; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, SourceError> {
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let blanks = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let found = buffer.get(blanks).copied();
            self.pass(blanks)?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Takes the next byte that is not blank if it is one of `choices`.
    pub(super) fn take(&mut self, choices: &[u8]) -> Result<u8, SourceError> {
        match self.peek()? {
            Some(byte) if choices.contains(&byte) => {
                self.pass(1)?;
                Ok(byte)
            }
            found => {
                let wanted: Vec<String> = choices.iter().map(|byte| format!("'{}'", char::from(*byte))).collect();
                let found = found.map_or("the end".to_owned(), |byte| format!("'{}'", char::from(byte).escape_default()));
                Err(self.broken(&format!("{found} where {} should be", wanted.join(" or "))))
            }
        }
    }

    /// Puts the text of the next value into `text`; `false` if it is longer than `most` bytes and was passed over.
    pub(super) fn value(&mut self, most: usize, text: &mut Vec<u8>) -> Result<bool, SourceError> {
        text.clear();
        match self.peek()? {
            None | Some(b',' | b':' | b']' | b'}') => return Err(self.broken("a value is missing")),
            Some(_) => (),
        }
        let (mut nesting, mut length) = (Nesting::default(), 0usize);
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return if nesting.is_balanced() { Ok(length <= most) } else { Err(self.broken("the text ends within a value")) };
            }
            let (used, finished) = nesting.extent(buffer);
            length += used;
            if length <= most {
                text.extend_from_slice(&buffer[..used]);
            }
            self.pass(used)?;
            if finished {
                return Ok(length <= most);
            }
        }
    }

    /// A reason with the place.
    pub(super) fn broken(&self, reason: &str) -> SourceError {
        SourceError::Broken(format!("{reason}, at line {} column {}", self.line, self.column + 1))
    }

    fn pass(&mut self, count: usize) -> Result<(), SourceError> {
        let passed = &self.file.fill_buf()?[..count];
        // Most text of any length has few lines, which is sooner seen than where the last ends.
        let last = if passed.contains(&b'\n') { passed.iter().rposition(|byte| *byte == b'\n') } else { None };
        match last {
            None => self.column += count as u64,
            Some(last) => {
                self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
                self.column = (count - last - 1) as u64;
            }
        }
        self.file.consume(count);
        Ok(())
    }
}

/// Bytes looked at together; few enough to be counted in one.
const BLOCK_BYTES: usize = 64;

/// How deep within brackets and quotes.
#[derive(Default)]
struct Nesting {
    depth: usize,
    quoted: bool,
    escaped: bool,
}

/// Whether a value goes on behind a byte.
enum Step {
    Within,
    Last,
    /// The byte is not part of the value any more.
    Beyond,
}

impl Nesting {
    /// How many of these bytes belong to the value, and whether it ends with them.
    fn extent(&mut self, bytes: &[u8]) -> (usize, bool) {
        let (blocks, rest) = bytes.as_chunks();
        let mut begun = 0;
        for block in blocks {
            if !self.skip(block)
                && let Some(end) = self.through(block)
            {
                return (begun + end, true);
            }
            begun += block.len();
        }
        self.through(rest).map_or((bytes.len(), false), |end| (begun + end, true))
    }

    /// Passes over a block at once if no quote stands in it and it has too few brackets to end the value: most blocks of long geometries.
    fn skip(&mut self, block: &[u8; BLOCK_BYTES]) -> bool {
        let count = |is: fn(u8) -> bool| usize::from(block.iter().map(|byte| u8::from(is(*byte))).sum::<u8>());
        if self.quoted || count(|byte| byte == b'"') > 0 {
            return false;
        }
        // A brace is a bracket but for this bit.
        let (opened, closed) = (count(|byte| byte | 0x20 == b'{'), count(|byte| byte | 0x20 == b'}'));
        if closed >= self.depth {
            return false;
        }
        self.depth = self.depth + opened - closed;
        true
    }

    /// Goes through these bytes one by one; where the value ends, if it does.
    fn through(&mut self, bytes: &[u8]) -> Option<usize> {
        bytes.iter().enumerate().find_map(|(number, byte)| match self.step(*byte) {
            Step::Within => None,
            Step::Last => Some(number + 1),
            Step::Beyond => Some(number),
        })
    }

    fn step(&mut self, byte: u8) -> Step {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.quoted => self.escaped = true,
            b'"' => self.quoted = !self.quoted,
            _ if self.quoted => (),
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > 0 => self.depth -= 1,
            // A number or word ends before what follows it.
            b'}' | b']' | b',' | b':' if self.depth == 0 => return Step::Beyond,
            _ if self.depth == 0 && byte.is_ascii_whitespace() => return Step::Beyond,
            _ => (),
        }
        match byte {
            b'"' | b'}' | b']' if self.is_balanced() => Step::Last,
            _ => Step::Within,
        }
    }

    /// Whether no bracket or quote is open.
    fn is_balanced(&self) -> bool {
        self.depth == 0 && !self.quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_has_no_brackets_ends_before_what_follows_it() {
        for (text, length) in [("12,", 2), ("true }", 4), ("-1.5e9\n", 6), ("\"a]\\\"b\" ,", 7), ("[]", 2), ("{\"a\":[1]}]", 9)] {
            for blanks in [0, 100] {
                let bytes = format!("{text}{}", " ".repeat(blanks)).into_bytes();
                assert_eq!(Nesting::default().extent(&bytes), (length, true), "{text}");
            }
        }
        let long = format!("{},", "7".repeat(300));
        assert_eq!(Nesting::default().extent(long.as_bytes()), (300, true));
        assert_eq!(Nesting::default().extent(&long.as_bytes()[..200]), (200, false));
    }

    proptest! {
        #[test]
        fn a_value_ends_where_its_bytes_say(
            runs in proptest::collection::vec(("[\\[{]{1,80}|[\\]}]{1,80}|[0-9,. ]{1,90}|\"[a-z\\[}]{0,20}\"|\\\\?\"", 1usize..3), 1..12),
            part in 1usize..200,
        ) {
            let text: String = runs.iter().map(|(run, times)| run.repeat(*times)).collect();
            let bytes = format!("[{text}").into_bytes();
            let (mut nesting, mut passed, mut ended) = (Nesting::default(), 0, None);
            for part in bytes.chunks(part) {
                let (used, finished) = nesting.extent(part);
                passed += used;
                if finished {
                    ended = Some(passed);
                    break;
                }
            }
            prop_assert_eq!(ended, Nesting::default().through(&bytes), "{}", String::from_utf8_lossy(&bytes));
        }
    }
}
