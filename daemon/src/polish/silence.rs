//! Texts that Whisper makes of near-silence and of music. The last resort behind voice activity detection: a text is dropped only if all of it
//! is one of these, and there was less voice than anybody needs to say it, or so much more that it cannot have been that; or if it is a howl.

use super::words::folded;

/// What is left in training data where nobody spoke, folded and without marks. Politeness first, then credits of subtitles.
const IMAGINED: &[&str] = &[
    "thank you",
    "thank you very much",
    "thank you so much",
    "thanks",
    "thank you for watching",
    "thanks for watching",
    "thank you for listening",
    "thanks for listening",
    "thank you for your attention",
    "thank you for joining us",
    "you",
    "bye",
    "bye bye",
    "goodbye",
    "see you",
    "see you next time",
    "see you in the next video",
    "ill see you in the next video",
    "please subscribe",
    "please subscribe to my channel",
    "like and subscribe",
    "dont forget to subscribe",
    "okay",
    "oh",
    "so",
    "the end",
    "yeah",
    "hmm",
    "im sorry",
    "we ll be right back",
    "well be right back",
    "to be continued",
    "music",
    "applause",
    "vielen dank",
    "danke",
    "vielen dank furs zuschauen",
    "danke furs zuschauen",
    "bis zum nachsten mal",
    "tschuss",
    "das wars",
    "merci",
    "merci beaucoup",
    "merci davoir regarde cette video",
    "a bientot",
    "au revoir",
    "abonnez vous",
    "sous titrage",
    "gracias",
    "muchas gracias",
    "gracias por ver el video",
    "hasta la proxima",
    "suscribete",
    "adios",
    "grazie",
    "grazie mille",
    "grazie per la visione",
    "alla prossima",
    "obrigado",
    "obrigada",
    "tchau",
    "bedankt",
    "bedankt voor het kijken",
    "tot de volgende keer",
    "dziekuje",
    "dziekuje za uwage",
    "спасибо",
    "спасибо за внимание",
    "спасибо за просмотр",
    "продолжение следует",
    "до свидания",
    "谢谢",
    "谢谢大家",
    "謝謝",
    "謝謝大家",
    "謝謝觀看",
    "感谢观看",
    "ご視聴ありがとうございました",
    "ありがとうございました",
    "おやすみなさい",
    "시청해주셔서 감사합니다",
    "감사합니다",
    "구독과 좋아요 부탁드립니다",
    "дякую",
    "дякую за перегляд",
    "дякую за увагу",
    "до побачення",
    "tack",
    "tack for att ni tittade",
    "tack for att du tittade",
    "takk for at du sa pa",
    "takk for att ni sett pa",
    "tak fordi du sa med",
    "kiitos",
    "kiitos etta katsoit",
    "dekuji",
    "dekuji za pozornost",
    "koszonom",
    "koszonom hogy megneztetek",
    "multumesc",
    "multumesc pentru vizionare",
    "va multumesc pentru vizionare",
    "tesekkurler",
    "tesekkur ederim",
    "izlediginiz icin tesekkurler",
    "izlediginiz icin tesekkur ederim",
    "abone olmayi unutmayin",
    "ευχαριστω",
    "شكرا",
    "شكرا لكم",
    "شكرا للمشاهدة",
    "اشتركوا في القناة",
    "תודה רבה",
    "धन्यवाद",
    "cam on cac ban da theo doi",
    "terima kasih",
    "terima kasih telah menonton",
];

/// The beginnings of credits, which nobody dictates.
const CREDITS: &[&str] = &[
    "subtitles by",
    "subtitled by",
    "captions by",
    "captioned by",
    "transcribed by",
    "transcript by",
    "translated by",
    "untertitel der amara",
    "untertitel von",
    "untertitel im auftrag",
    "untertitelung des",
    "untertitelung im auftrag",
    "untertitelung aufgrund",
    "sous titres realises",
    "sous titres par",
    "sous titrage st",
    "subtitulos realizados por",
    "subtitulos por",
    "sottotitoli creati dalla",
    "sottotitoli e revisione",
    "legendas pela comunidade",
    "ondertitels ingediend door",
    "ondertiteld door",
    "napisy stworzone przez",
    "субтитры сделал",
    "субтитры создавал",
    "редактор субтитров",
    "titulky vytvoril",
    "altyazi",
    "feliratok",
    "undertexter av",
    "undertexter fran",
    "tekstet av",
    "tekstittanyt",
    "subtitrarea",
    "legendas por",
    "субтитри",
    "ترجمة نانسي",
    "字幕由",
    "字幕志愿者",
    "中文字幕志愿者",
];

/// Nobody speaks faster, in letters a second. Credits are long, and those who do read them out take their time.
const FASTEST: f64 = 25.0;
const FASTEST_CREDITS: f64 = 15.0;
/// The shortest word takes so long, in seconds.
const SHORTEST_S: f64 = 0.15;
/// Nobody speaks slower, in letters a second, but for a breath or a word that was not understood, in seconds.
const SLOWEST: f64 = 5.0;
const BREATH_S: f64 = 0.7;
/// So many equal letters in a row are a sound and no word.
const HOWL: usize = 4;

/// How long somebody may have spoken, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spoken {
    /// Time with voice in it, if the engine tells.
    pub voiced_s: Option<f64>,
    /// What was recognised, pauses and all: never shorter than the voice in it.
    pub audio_s: f64,
}

/// Whether a text is one that Whisper makes of nothing, and there was too little or too much voice for it.
pub(super) fn is_imagined(text: &str, spoken: Spoken) -> bool {
    let voice_s = spoken.voiced_s.unwrap_or(spoken.audio_s);
    let plain = plain(text);
    let letters = plain.chars().filter(|c| c.is_alphanumeric()).count() as f64;
    if IMAGINED.contains(&plain.as_str()) {
        let fits = (letters / FASTEST).max(SHORTEST_S)..letters / SLOWEST + BREATH_S;
        // Without a word on voice, pauses may make it long.
        !(fits.contains(&voice_s) || (spoken.voiced_s.is_none() && voice_s >= fits.end))
    } else if CREDITS.iter().any(|credit| plain.starts_with(credit)) {
        voice_s < letters / FASTEST_CREDITS
    } else {
        !plain.is_empty() && plain.split(' ').all(is_howl)
    }
}

/// "Wooooooh": what a siren says.
fn is_howl(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    letters.chunk_by(|one, next| one == next).any(|run| run.len() >= HOWL && run[0].is_alphabetic())
}

/// Folded words with one blank between them, without marks.
fn plain(text: &str) -> String {
    let text = folded(text).replace('\'', "");
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Spoken, is_imagined};

    fn voiced(seconds: f64) -> Spoken {
        Spoken { voiced_s: Some(seconds), audio_s: 5.0 }
    }

    #[test]
    fn what_nobody_had_the_time_to_say_is_imagined() {
        for (text, seconds) in [
            ("Thank you.", 0.1),
            (" Thanks for watching!", 0.4),
            ("you", 0.08),
            ("Bye.", 0.0),
            ("Subtitles by the Amara.org community", 1.0),
            ("Untertitel der Amara.org-Community", 1.0),
            ("Sous-titres réalisés par la communauté d'Amara.org", 1.5),
            ("Спасибо за просмотр!", 0.3),
            ("ご視聴ありがとうございました", 0.3),
            ("İzlediğiniz için teşekkürler.", 0.4),
            ("Děkuji.", 0.1),
            ("Altyazı M.K.", 0.2),
            ("Thank you.", 2.5),
            ("you", 2.0),
            ("Wooooooh! Wooooooh!", 2.0),
            ("Aaaaaaaah.", 1.0),
            ("شكرا للمشاهدة", 0.3),
        ] {
            assert!(is_imagined(text, voiced(seconds)), "{text}");
        }
    }

    #[test]
    fn what_somebody_said_stays() {
        for (text, seconds) in [
            ("Thank you.", 0.4),
            ("Thanks for watching!", 0.9),
            ("you", 0.2),
            ("Thank you, Ada.", 0.1),
            ("I thank you.", 0.1),
            ("Yes.", 0.05),
            ("Thank you.", 2.0),
            ("you", 1.0),
            ("Thank you, Ada.", 9.0),
            ("Soooooo good.", 1.0),
            ("1000000", 1.0),
            ("Subtitles by the Amara.org community", 3.0),
            ("", 0.0),
        ] {
            assert!(!is_imagined(text, voiced(seconds)), "{text}");
        }
    }

    #[test]
    fn without_a_word_on_voice_the_length_of_the_recording_counts() {
        let unknown = |audio_s| Spoken { voiced_s: None, audio_s };
        assert!(is_imagined("Thank you.", unknown(0.2)));
        assert!(!is_imagined("Thank you.", unknown(0.6)));
    }
}
