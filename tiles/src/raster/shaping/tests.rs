use super::*;

fn shaped(words: &str, bold: bool) -> Text {
    let lettering = Lettering { size: 20.0, bold, widest: 2_000.0 };
    Shaper::default().text(&words.into(), lettering, f64::INFINITY, 0.0, LINE_HEIGHT_EM)
}

fn glyphs(words: &str) -> Vec<u32> {
    let text = shaped(words, false);
    assert!(text.is_whole, "{words}");
    text.runs.iter().flat_map(|run| run.glyphs.iter().map(|glyph| glyph.id)).collect()
}

/// Glyphs of letters one by one.
fn alone(words: &str) -> Vec<u32> {
    words.chars().flat_map(|letter| glyphs(&letter.to_string())).collect()
}

fn reversed<T>(mut list: Vec<T>) -> Vec<T> {
    list.reverse();
    list
}

#[test]
fn arabic_joins_and_runs_right_to_left() {
    // Seen, kaf, alef: the first two join, so they take other forms than alone; the first letter stands rightmost.
    let (joined, separate) = (glyphs("سكا"), reversed(alone("سكا")));
    assert_eq!(joined.len(), separate.len());
    assert!(joined.iter().zip(&separate).all(|(joined, alone)| joined != alone), "{joined:?} {separate:?}");
    // Dal never joins what follows it: both keep their forms, in the other order.
    assert_eq!(glyphs("دا"), reversed(alone("دا")));
    assert_eq!(glyphs("لا").len(), 1, "lam and alef are one");
}

#[test]
fn nko_joins_and_runs_right_to_left() {
    let (joined, separate) = (glyphs("ߒߞߏ"), reversed(alone("ߒߞߏ")));
    assert_eq!(joined.len(), 3);
    assert!(joined != separate, "letters join");
    // N'Ko digits are read from the right as well.
    assert_eq!(glyphs("߁߂"), reversed(alone("߁߂")));
}

#[test]
fn latin_with_all_french_and_bambara_letters_and_tifinagh_run_left_to_right() {
    let letters = ["abcdefghijklmnopqrstuvwxyz", "àâæçéèêëîïôœùûüÿ", "ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ", "ɛɔɲŋƐƆƝŊ", "ⵜⵉⴼⵉⵏⴰⵖ", "«»’–…°"];
    for letters in letters {
        for letter in letters.chars() {
            assert_eq!(glyphs(&letter.to_string()).len(), 1, "{letter}");
        }
    }
    assert_eq!(glyphs("ⵜⵉⴼⵉⵏⴰⵖ"), alone("ⵜⵉⴼⵉⵏⴰⵖ"));
    assert_eq!(glyphs("Ɲɔŋɔɛ"), alone("Ɲɔŋɔɛ"));
}

#[test]
fn marks_go_with_their_letters() {
    // Open e with a low tone, as Bambara may be written: one cluster, and two glyphs or one.
    let text = shaped("ɛ\u{300}a", false);
    let clusters: Vec<f64> = text.runs.iter().flat_map(|run| run.clusters.iter().map(|cluster| cluster.advance)).collect();
    assert!(text.is_whole && clusters.len() == 2 && clusters.iter().all(|advance| *advance > 5.0), "{clusters:?}");
}

#[test]
fn words_of_both_directions_stand_in_one_line() {
    let text = shaped("Tombouctou تمبكتو", false);
    assert!(text.is_whole && text.height < 1.3 * 20.0);
}

#[test]
fn what_no_font_has_is_told() {
    assert!(!shaped("東京", false).is_whole && !shaped("Tokyo (東京)", true).is_whole);
    assert!(shaped("Kidal\nⴽⵉⴷⴰⵍ", false).is_whole, "a new line is no letter");
    // The heavy face lacks what the plain one has.
    for words in ["ⴽⵉⴷⴰⵍ", "ߒߞߏ", "Ɲɔɲɔ", "سكا"] {
        assert!(shaped(words, true).is_whole, "{words}");
    }
}

#[test]
fn spacing_moves_letters_apart_but_never_those_that_join() {
    let width = |words: &str, spacing: f64| {
        let lettering = Lettering { size: 20.0, bold: false, widest: 2_000.0 };
        Shaper::default().text(&words.into(), lettering, f64::INFINITY, spacing, LINE_HEIGHT_EM).width
    };
    assert!(width("Niger", 0.5) > width("Niger", 0.0) + 35.0);
    assert_eq!(width("سكا", 0.5), width("سكا", 0.0));
}

#[test]
fn lines_are_as_far_apart_as_asked() {
    let height = |line_height: f64| {
        let lettering = Lettering { size: 20.0, bold: false, widest: 2_000.0 };
        Shaper::default().text(&"a\nb\nc".into(), lettering, f64::INFINITY, 0.0, line_height).height
    };
    assert!((height(2.0) - 120.0).abs() < 1.0 && (height(1.2) - 72.0).abs() < 1.0, "{} {}", height(2.0), height(1.2));
}

#[test]
fn a_text_comes_out_the_same_whatever_was_shaped_before() {
    let mut shaper = Shaper::default();
    let mut width = |size: f64| {
        let lettering = Lettering { size, bold: false, widest: 2_000.0 };
        shaper.text(&"Bamako".into(), lettering, f64::INFINITY, 0.0, LINE_HEIGHT_EM).width
    };
    assert_eq!((width(12.04), width(11.96)), (width(12.0), width(12.0)));
}

#[test]
fn lines_are_of_like_length_and_no_more_than_the_text_fills() {
    let lines = |words: &str, widest: f64, longest: f64| {
        let text =
            Shaper::default().text(&words.into(), Lettering { size: 10.0, bold: false, widest }, longest, 0.0, LINE_HEIGHT_EM);
        ((text.height / 12.0).round() as usize, text.width.round() as u32)
    };
    // Greedy lines of 40 pixels were three: a name, a name, a number.
    let (count, width) = lines("Name Ségou 0", 40.0, 100.0);
    assert_eq!(count, 2);
    assert!((41..50).contains(&width), "{width}");
    assert_eq!(lines("Name Ségou 0", 100.0, 100.0).0, 1);
    // A list stands as it does on paper.
    assert_eq!(lines("Name Ségou 0", 40.0, f64::INFINITY).0, 3);
}
