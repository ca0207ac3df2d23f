//! Draws a scene: a dark card with the level at its left and the words beside it, in whatever script they are.

use cosmic_text::{Attrs, Buffer, Color, FontSystem, Metrics, Shaping, SwashCache};

use super::scene::{Face, LOUDEST, Scene};

pub(super) const WIDTH: u16 = 560;
pub(super) const HEIGHT: u16 = 92;

const MARGIN: f32 = 14.0;
/// Left edge of the words.
const WORDS: f32 = 58.0;
const FONT: f32 = 17.0;
const LINE: f32 = 22.0;
/// Lines there is room for; the last ones are shown.
const LINES: usize = 3;

type Rgb = [u8; 3];
const GROUND: Rgb = [0x20, 0x22, 0x26];
const EDGE: Rgb = [0x55, 0x58, 0x5e];
const LIGHT: Rgb = [0xf5, 0xf5, 0xf5];
const DIM: Rgb = [0xa8, 0xac, 0xb4];
const DARK: Rgb = [0x3c, 0x3f, 0x45];
const RED: Rgb = [0xef, 0x3b, 0x3f];
const BLUE: Rgb = [0x4a, 0x9b, 0xff];
const AMBER: Rgb = [0xff, 0xb0, 0x20];

/// With the fonts of the system. They are read when the first words are shown, and go with this.
pub(super) struct Pen {
    fonts: Option<(FontSystem, SwashCache)>,
}

impl Pen {
    pub(super) fn new() -> Self {
        Self { fonts: None }
    }

    /// The pixels row by row, four bytes each: blue, green, red, nothing.
    pub(super) fn draw(&mut self, scene: &Scene) -> Vec<u8> {
        let mut card = Card { pixels: Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT) * 4) };
        for _ in 0..usize::from(WIDTH) * usize::from(HEIGHT) {
            card.pixels.extend(opaque(GROUND));
        }
        card.frame();
        card.face(scene.face);
        if !scene.stable.is_empty() || !scene.unstable.is_empty() {
            self.words(scene, &mut card);
        }
        card.pixels
    }

    fn words(&mut self, scene: &Scene, card: &mut Card) {
        let (fonts, glyphs) = self.fonts.get_or_insert_with(|| (FontSystem::new(), SwashCache::new()));
        let mut buffer = Buffer::new(fonts, Metrics::new(FONT, LINE));
        buffer.set_size(Some(f32::from(WIDTH) - WORDS - MARGIN), None);
        let colour = |[red, green, blue]: Rgb| Attrs::new().color(Color::rgb(red, green, blue));
        let spans = [(scene.stable.as_str(), colour(LIGHT)), (scene.unstable.as_str(), colour(DIM))];
        buffer.set_rich_text(spans, &Attrs::new(), Shaping::Advanced, None);
        buffer.shape_until_scroll(fonts, false);
        let lines = buffer.layout_runs().count();
        let above = lines.saturating_sub(LINES) as f32 * LINE;
        let shown = lines.min(LINES) as f32 * LINE;
        let (left, top) = (WORDS as i32, ((f32::from(HEIGHT) - shown) / 2.0 - above) as i32);
        let [red, green, blue] = LIGHT;
        let first = ((f32::from(HEIGHT) - shown) / 2.0) as i32;
        buffer.draw(fonts, glyphs, Color::rgb(red, green, blue), |x, y, width, height, colour| {
            for row in 0..height.cast_signed() {
                for column in 0..width.cast_signed() {
                    let (x, y) = (left + x + column, top + y + row);
                    if y >= first {
                        card.blend(x, y, colour.as_rgba());
                    }
                }
            }
        });
    }
}

struct Card {
    pixels: Vec<u8>,
}

impl Card {
    fn frame(&mut self) {
        let (width, height) = (i32::from(WIDTH), i32::from(HEIGHT));
        for x in 0..width {
            self.set(x, 0, EDGE);
            self.set(x, height - 1, EDGE);
        }
        for y in 0..height {
            self.set(0, y, EDGE);
            self.set(width - 1, y, EDGE);
        }
    }

    /// A column of steps, filled from below as far as it is loud.
    fn face(&mut self, face: Face) {
        let (filled, colour) = match face {
            Face::Opening => (1, AMBER),
            // The lowest step tells that the microphone listens.
            Face::Listening(level) => (level.min(LOUDEST - 1) + 1, RED),
            Face::Working => (LOUDEST, BLUE),
        };
        let step = (f32::from(HEIGHT) - 2.0 * MARGIN) / f32::from(LOUDEST);
        for index in 0..LOUDEST {
            let bottom = f32::from(HEIGHT) - MARGIN - f32::from(index) * step;
            let colour = if index < filled { colour } else { DARK };
            for y in (bottom - step + 3.0) as i32..bottom as i32 {
                for x in MARGIN as i32..(WORDS - MARGIN) as i32 {
                    self.set(x, y, colour);
                }
            }
        }
    }

    fn set(&mut self, x: i32, y: i32, [red, green, blue]: Rgb) {
        self.blend(x, y, [red, green, blue, u8::MAX]);
    }

    /// Beyond the edges nothing is drawn.
    fn blend(&mut self, x: i32, y: i32, [red, green, blue, opacity]: [u8; 4]) {
        let inside = (0..i32::from(WIDTH)).contains(&x) && (0..i32::from(HEIGHT)).contains(&y);
        if !inside {
            return;
        }
        let place = (y * i32::from(WIDTH) + x) as usize * 4;
        let pixel = &mut self.pixels[place..place + 3];
        for (part, new) in pixel.iter_mut().zip([blue, green, red]) {
            let share = u32::from(opacity);
            *part = ((u32::from(new) * share + u32::from(*part) * (255 - share)) / 255) as u8;
        }
    }
}

fn opaque([red, green, blue]: Rgb) -> [u8; 4] {
    [blue, green, red, u8::MAX]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(face: Face, stable: &str, unstable: &str) -> Vec<u8> {
        Pen::new().draw(&Scene { face, stable: stable.into(), unstable: unstable.into() })
    }

    fn count(card: &[u8], fits: impl Fn([u8; 3]) -> bool) -> usize {
        card.chunks_exact(4).filter(|pixel| fits([pixel[2], pixel[1], pixel[0]])).count()
    }

    #[test]
    fn a_louder_voice_fills_more() {
        let red = |level| count(&drawn(Face::Listening(level), "", ""), |colour| colour == RED);
        for level in 0..LOUDEST - 1 {
            assert!(red(0) > 0 && red(level) < red(level + 1), "{level}");
        }
    }

    #[test]
    fn words_are_drawn_in_every_script_and_stay_inside() {
        let bright = |card: &[u8]| count(card, |[red, green, blue]| red > 200 && green > 200 && blue > 200);
        let empty = bright(&drawn(Face::Working, "", ""));
        let few = bright(&drawn(Face::Working, "we meet", ""));
        assert!(few > empty + 50, "{few} of {empty}");
        for text in ["漢字 かな", "שלום עולם", "🙂", "a\nb\nc\nd\ne"] {
            drawn(Face::Working, text, text);
        }
        let long = "many words that go on and on ".repeat(10);
        assert_eq!(drawn(Face::Working, &long, "").len(), usize::from(WIDTH) * usize::from(HEIGHT) * 4);
    }
}
