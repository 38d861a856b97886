//! Colours as styles write them: `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `rgba()`, `hsl()`, `hsla()`, and the names of CSS.

mod names;

/// Red, green, blue, alpha, each 0 to 1, not premultiplied.
pub(super) type Rgba = [f32; 4];

/// What would be a colour, for whoever wrote something else.
pub(super) const RIGHT: &str = "#rgb, #rrggbb, rgb(r, g, b), rgba(r, g, b, a), hsl(h, s%, l%) or a name of CSS";

/// Reads a colour; `None` if it is none.
pub(super) fn parse(text: &str) -> Option<Rgba> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix('#') {
        return hex(digits);
    }
    let Some((function, rest)) = text.split_once('(') else { return names::color(text) };
    let parts = parts(rest.strip_suffix(')')?)?;
    let alpha = match parts.get(3) {
        Some(text) => share(text)?.clamp(0.0, 1.0),
        None => 1.0,
    };
    match (function, parts.as_slice()) {
        ("rgb" | "rgba", [red, green, blue] | [red, green, blue, _]) => {
            let is_share = red.ends_with('%');
            if [green, blue].iter().any(|part| part.ends_with('%') != is_share) {
                return None;
            }
            let part = |text: &str| if is_share { percent(text) } else { Some((number(text)? / 255.0).clamp(0.0, 1.0)) };
            Some([part(red)?, part(green)?, part(blue)?, alpha])
        }
        ("hsl" | "hsla", [hue, saturation, lightness] | [hue, saturation, lightness, _]) => {
            let [red, green, blue] =
                of_hue(number(hue.strip_suffix("deg").unwrap_or(hue))?, percent(saturation)?, percent(lightness)?);
            Some([red, green, blue, alpha])
        }
        _ => None,
    }
}

/// A colour with an opacity on top.
pub(super) fn faded([red, green, blue, alpha]: Rgba, opacity: f32) -> Rgba {
    [red, green, blue, alpha * opacity.clamp(0.0, 1.0)]
}

/// The arguments of a colour: all after commas, or after spaces with the alpha after a slash.
fn parts(text: &str) -> Option<Vec<&str>> {
    if text.contains(',') {
        return Some(text.split(',').map(str::trim).collect());
    }
    let (color, alpha) = text.split_once('/').map_or((text, None), |(color, alpha)| (color, Some(alpha.trim())));
    let parts: Vec<&str> = color.split_whitespace().collect();
    (parts.len() == 3).then(|| parts.into_iter().chain(alpha).collect())
}

/// From 0 to 1, or in hundredths.
fn share(text: &str) -> Option<f32> {
    if text.ends_with('%') { percent(text) } else { number(text) }
}

fn number(text: &str) -> Option<f32> {
    text.parse().ok().filter(|number: &f32| number.is_finite())
}

fn percent(text: &str) -> Option<f32> {
    Some((number(text.strip_suffix('%')?)? / 100.0).clamp(0.0, 1.0))
}

/// Red, green and blue of a hue in degrees, as CSS Color 4 has it.
fn of_hue(hue_deg: f32, saturation: f32, lightness: f32) -> [f32; 3] {
    let strength = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|shift| {
        let twelfth = (shift + hue_deg / 30.0).rem_euclid(12.0);
        lightness - strength * (twelfth - 3.0).min(9.0 - twelfth).clamp(-1.0, 1.0)
    })
}

fn hex(digits: &str) -> Option<Rgba> {
    if !digits.is_ascii() {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok().map(|value| f32::from(value) / 255.0);
    let single = |at: usize| u8::from_str_radix(digits.get(at..=at)?, 16).ok().map(|value| f32::from(value) / 15.0);
    match digits.len() {
        3 => Some([single(0)?, single(1)?, single(2)?, 1.0]),
        4 => Some([single(0)?, single(1)?, single(2)?, single(3)?]),
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
        assert_eq!(parse("#0f08").map(|rgba| rgba[3]), Some(8.0 / 15.0));
        assert_eq!(parse("#ff000080").map(|rgba| rgba[3]), Some(128.0 / 255.0));
        assert_eq!(parse("rgba(255, 0, 0, 0.5)"), Some([1.0, 0.0, 0.0, 0.5]));
        assert_eq!(parse("Red"), Some([1.0, 0.0, 0.0, 1.0]));
        assert_eq!(parse("transparent"), Some([0.0; 4]));
        for text in [
            "",
            "#",
            "#12",
            "#gggggg",
            "#äää",
            "rgb(1,2)",
            "blue-ish",
            "rgb(1,2,NaN)",
            "hsl(1,2,3)",
            "hsl(0,0%,0%",
            "rgb(1 2)",
            "rgb(1 2 3 4)",
            "rgb(10%, 2, 3)",
            "hwb(120 0% 0%)",
            "lab(1,2,3)",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn hues_are_those_of_css() {
        let near = |text: &str, other: &str| {
            let (a, b) = (parse(text).unwrap(), parse(other).unwrap());
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.003), "{text}: {a:?}, not {b:?}");
        };
        near("hsl(120, 100%, 25%)", "#008000");
        near("hsl(210, 50%, 40%)", "#336699");
        near("hsla(-60, 100%, 50%, 0.5)", "rgba(255, 0, 255, 0.5)");
        near("hsl(0, 0%, 100%)", "white");
        near("rgb(10 20 30)", "#0a141e");
        near("rgb(10%,20%,30%)", "rgb(25.5, 51, 76.5)");
        near("hsl(120deg 50% 50% / 0.5)", "hsla(120, 50%, 50%, 50%)");
        near("rgb(1 2 3 / 50%)", "rgba(1, 2, 3, 0.5)");
    }
}
