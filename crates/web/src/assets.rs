//! The stylesheet, the script and the icon: embedded, named by their content, cached for good.
//!
//! A page that refers to `/assets/obhut.<hash>.css` can never meet an older or newer file under that name.

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// A file that is part of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The address under which pages refer to it.
    pub href: String,
    /// Its media type.
    pub mime: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, extension: &str, mime: &'static str, bytes: &'static [u8]) -> Self {
        Self { href: format!("/assets/{stem}.{:016x}.{extension}", fingerprint(bytes)), mime, bytes }
    }
}

/// The stylesheet of every page.
pub static CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("obhut", "css", "text/css; charset=utf-8", include_bytes!("../assets/obhut.css")));

/// The script: keys for the tables of the console, nothing else. Every page works without it.
pub static JS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("obhut", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/obhut.js")));

/// The icon.
pub static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("obhut", "svg", "image/svg+xml", include_bytes!("../assets/obhut.svg")));

/// All of them.
pub fn all() -> [&'static Asset; 3] {
    [&CSS, &JS, &ICON]
}

/// FNV-1a, 64 bits: tells one version of our own file from another; nothing rests on it being hard to invert.
const fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        index += 1;
    }
    hash
}

/// The routes `/assets/{name}` and `/assets/theme/{accent}/{font}`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(file)).route("/assets/theme/{accent}/{font}", get(themed))
}

async fn file(Path(name): Path<String>) -> Response {
    let asset = all().into_iter().find(|asset| asset.href.strip_prefix("/assets/") == Some(name.as_str()));
    asset.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |asset| {
            let headers = [
                (header::CONTENT_TYPE, asset.mime),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, asset.bytes).into_response()
        },
    )
}

async fn themed(Path((accent, font)): Path<(String, String)>) -> Response {
    font.strip_suffix(".css").and_then(|font| theme(&accent, font)).map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |css| {
            let headers = [
                (header::CONTENT_TYPE, "text/css; charset=utf-8"),
                (header::CACHE_CONTROL, "public, max-age=86400"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, css).into_response()
        },
    )
}

/// The address of the stylesheet that gives an embedded form the host page's accent and font, if both are sound.
pub fn theme_href(accent: &str, font: &str) -> Option<String> {
    theme(accent, font)?;
    Some(format!("/assets/theme/{accent}/{}.css", font.replace(' ', "%20")))
}

/// A stylesheet of two custom properties: the accent (six hexadecimal digits) with the ink that is readable on it, and
/// the font family of the host page. Anything else than digits and a plain family name is refused.
pub fn theme(accent: &str, font: &str) -> Option<String> {
    let colour = (accent.len() == 6 && accent.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(accent)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ' || byte == b'-';
    if font.is_empty() || font.len() > 40 || !font.bytes().all(plain) {
        return None;
    }
    let channel = |from: usize| u8::from_str_radix(colour.get(from..from + 2)?, 16).ok();
    let light = luminance([channel(0)?, channel(2)?, channel(4)?]);
    // Whichever of white and black has more contrast on the accent: never less than 4.5 to 1 (WCAG 2.2, 1.4.3).
    let on = if (light + 0.05) * (light + 0.05) > 0.05 * 1.05 { "#000" } else { "#fff" };
    let mut css = String::new();
    let family = if matches!(font, "serif" | "sans-serif" | "monospace" | "system-ui") {
        font.to_owned()
    } else {
        format!("\"{font}\", system-ui, sans-serif")
    };
    writeln!(css, "body.embed{{--accent:#{colour};--on-accent:{on};--face:{family}}}").ok()?;
    Some(css)
}

/// Relative luminance (WCAG 2.2).
fn luminance(rgb: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = rgb;
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_stays_small_and_asks_nobody() {
        let css = std::str::from_utf8(CSS.bytes).unwrap();
        assert!(css.len() < 22_000, "{} bytes", css.len());
        assert!(!css.contains("http") && !css.contains("@import") && !css.contains("url("));
        assert!(JS.bytes.len() < 4_000);
    }

    #[test]
    fn names_carry_the_content() {
        assert_ne!(fingerprint(b"a"), fingerprint(b"b"));
        for asset in all() {
            assert!(asset.href.starts_with("/assets/obhut."), "{}", asset.href);
        }
    }

    #[test]
    fn a_theme_is_a_colour_and_a_family_and_nothing_else() {
        let css = theme("ffd400", "Gill Sans").unwrap();
        assert!(css.contains("--accent:#ffd400") && css.contains("--on-accent:#000") && css.contains("\"Gill Sans\""));
        assert!(theme("0b3d91", "serif").unwrap().contains("--on-accent:#fff"));
        for (accent, font) in
            [("red", "serif"), ("ff00zz", "serif"), ("ff0000", "a;b"), ("ff0000", "x}*{"), ("ff0000", "")]
        {
            assert_eq!(theme(accent, font), None);
        }
        assert_eq!(theme_href("0b3d91", "Gill Sans").unwrap(), "/assets/theme/0b3d91/Gill%20Sans.css");
    }
}
