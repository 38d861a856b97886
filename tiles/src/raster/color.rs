//! Colours as styles write them: `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `rgba()`, `white`, `black`, `transparent`.

/// Red, green, blue, alpha, each 0 to 1, not premultiplied.
pub(super) type Rgba = [f32; 4];

/// Reads a colour; `None` if it is none.
pub(super) fn parse(text: &str) -> Option<Rgba> {
    match text {
        "white" => return Some([1.0; 4]),
        "black" => return Some([0.0, 0.0, 0.0, 1.0]),
        "transparent" => return Some([0.0; 4]),
        _ => (),
    }
    if let Some(digits) = text.strip_prefix('#') {
        return hex(digits);
    }
    let inner = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb("))?.strip_suffix(')')?;
    let parts: Vec<f32> = inner.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [red, green, blue] => Some([red / 255.0, green / 255.0, blue / 255.0, 1.0]),
        [red, green, blue, alpha] => Some([red / 255.0, green / 255.0, blue / 255.0, alpha.clamp(0.0, 1.0)]),
        _ => None,
    }
}

/// A colour with an opacity on top.
pub(super) fn faded([red, green, blue, alpha]: Rgba, opacity: f32) -> Rgba {
    [red, green, blue, alpha * opacity.clamp(0.0, 1.0)]
}

fn hex(digits: &str) -> Option<Rgba> {
    if !digits.is_ascii() {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok().map(|value| f32::from(value) / 255.0);
    let single = |at: usize| u8::from_str_radix(digits.get(at..=at)?, 16).ok().map(|value| f32::from(value) / 15.0);
    match digits.len() {
        3 => Some([single(0)?, single(1)?, single(2)?, 1.0]),
        6 => Some([pair(0)?, pair(2)?, pair(4)?, 1.0]),
        8 => Some([pair(0)?, pair(2)?, pair(4)?, pair(6)?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn colours_are_read_and_nonsense_is_not() {
        assert_eq!(parse("#0f0"), Some([0.0, 1.0, 0.0, 1.0]));
        assert_eq!(parse("#ff000080").map(|rgba| rgba[3]), Some(128.0 / 255.0));
        assert_eq!(parse("rgba(255, 0, 0, 0.5)"), Some([1.0, 0.0, 0.0, 0.5]));
        for text in ["", "#", "#12", "#gggggg", "#äää", "rgb(1,2)", "blue-ish"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
