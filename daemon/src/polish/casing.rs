//! Capital letters: when a first word may begin small, and how a word gets one.

use super::words::folded;

/// The first letter large, unless the word has a case of its own ("iPhone").
pub(super) fn capitalised(word: &str) -> String {
    if word.chars().any(char::is_uppercase) {
        return word.to_owned();
    }
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if first.is_alphabetic() => first.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
}

/// The first letter small, if nothing says that it is large for a reason of its own. `next` is the word after it.
pub(super) fn lowered(word: &str, next: Option<&str>, language: &str) -> String {
    if keeps_capital(word, next, language) {
        return word.to_owned();
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Whether a word that stood at the beginning of a sentence stays large within one. Without a dictionary this can only be
/// guessed: names are known by a list, by more capitals in the word, or by a capital on the next word ("Ada Lovelace").
fn keeps_capital(word: &str, next: Option<&str>, language: &str) -> bool {
    let mut letters = word.chars();
    if !letters.next().is_some_and(char::is_uppercase) {
        return true;
    }
    let is_first_person =
        |word: &str| language == "en" && (word == "I" || word.starts_with("I'") || word.starts_with("I’"));
    if letters.any(|c| c.is_uppercase() || c.is_numeric()) || is_first_person(word) {
        return true;
    }
    let small = folded(word);
    let list_has = |list: &str| list.split_whitespace().any(|name| name == small);
    match language {
        // Nouns are large, so only words that never are nouns may become small.
        "de" => !list_has(GERMAN_SMALL),
        "en" => {
            is_name(next) && !is_first_person(next.unwrap_or_default()) && !list_has(ENGLISH_SMALL)
                || is_known_name(&small)
        }
        "fr" | "es" | "it" | "pt" | "nl" | "ca" => is_name(next) && !list_has(ROMANCE_SMALL),
        _ => true,
    }
}

/// A capital in mid-sentence.
fn is_name(word: Option<&str>) -> bool {
    word.is_some_and(|word| word.chars().next().is_some_and(char::is_uppercase))
}

/// Of the possessive, the name itself counts.
fn is_known_name(small: &str) -> bool {
    let stem = small.strip_suffix("'s").unwrap_or(small);
    ENGLISH_NAMES.split_whitespace().any(|name| name == stem)
}

/// English words that are written large wherever they stand, without accents. Those that are more often plain words ("may", "mark",
/// "will") are left out.
const ENGLISH_NAMES: &str = "
    monday tuesday wednesday thursday friday saturday sunday january february april june july august september october
    november december christmas easter ramadan hanukkah
    english german french spanish italian portuguese dutch russian chinese japanese korean arabic hindi polish swedish danish
    norwegian finnish greek turkish hebrew latin american british canadian australian european african asian indian mexican
    brazilian irish scottish welsh swiss austrian ukrainian
    america britain england scotland wales ireland germany france spain italy portugal netherlands belgium switzerland austria
    poland russia ukraine sweden norway denmark finland greece israel egypt india japan korea brazil canada mexico australia
    europe asia africa antarctica london paris berlin munich hamburg vienna zurich geneva madrid barcelona rome milan
    amsterdam brussels dublin edinburgh boston chicago seattle washington texas california florida tokyo beijing shanghai
    moscow sydney toronto
    john james robert michael william david richard joseph thomas charles christopher daniel matthew anthony steven paul andrew
    joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry
    justin scott brandon benjamin samuel gregory alexander patrick raymond dennis jerry tyler aaron jose adam nathan henry
    peter kyle noah ethan jeremy walter christian keith roger austin sean gerald carl harold dylan arthur lawrence jordan jesse
    bryan gabriel bruce logan albert willie alan eugene russell vincent philip bobby johnny bradley simon oliver leo liam
    mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly
    emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy kathleen angela
    shirley emma brenda pamela nicole anna samantha katherine christine debra rachel carolyn janet maria olivia heather helen
    catherine diane julie victoria joyce lauren kelly christina ruth joan virginia judith evelyn hannah andrea megan cheryl
    jacqueline madison teresa abigail sophia martha sara gloria janice kathryn ann isabella judy charlotte julia alice clara
    mr mrs ms dr prof google microsoft amazon linux ubuntu debian fedora wikipedia youtube facebook twitter
";

/// English words that begin a sentence before a name without being one: "When Ada", "The Louvre".
const ENGLISH_SMALL: &str = "
    a an the this that these those and but or nor so yet for if when while because since although though unless until as at by
    in on to from of with without about after before between under over during through into he she it we you they his her its
    our your their my who what where why how which there here then now maybe perhaps also not no yes well let is are was were do
    does did has have had can could will would shall should may might must ask call tell meet thank please only even just today
    tomorrow yesterday
";

/// German words that are small within a sentence, and never a noun or the polite address.
const GERMAN_SMALL: &str = "
    der die das den dem des ein eine einen einem einer eines ich du er es wir und oder aber denn sondern doch weil dass wenn als ob
    obwohl wahrend nachdem bevor damit sodass in im an am auf aus bei beim mit nach von vom vor zu zum zur uber unter zwischen durch
    fur gegen ohne um bis seit nicht kein keine keinen auch nur noch schon sehr so dann da dort hier jetzt heute morgen gestern immer
    nie wieder vielleicht leider naturlich eigentlich allerdings jedoch trotzdem deshalb deswegen daher also wer wie wo wann warum
    wieso was welche welcher welches mein meine meinen dein deine sein seine unser unsere euer eure man mir mich dir dich uns euch
    ihn ihm ist sind war waren hat haben hatte hatten wird werden wurde kann konnen muss mussen soll sollen will wollen darf mag
    bitte danke ja nein diese dieser dieses diesen jede jeder jedes alle alles viele einige manche mehr weniger gut ganz
";

/// Words of French, Spanish, Italian, Portuguese and Dutch that begin a sentence before a name without being one.
const ROMANCE_SMALL: &str = "
    le la les l un une des du de et ou mais donc car si quand comme avec sans pour par dans sur il elle on nous vous ils elles je tu
    ce cette ces mon ma mes ton ta tes son sa ses notre votre leur que qui ou comment pourquoi c'est est
    el los las lo uno una unos unas y o pero porque cuando con sin para por en sobre es mi tu su este esta como donde quien
    il gli i uno e ma se quando con senza per in su che chi come dove non
    o os as um uma mas quando com sem por em
    de het een en of maar want als met zonder voor door in op ik jij hij zij wij jullie dit dat deze die
";

#[cfg(test)]
mod tests {
    use super::{capitalised, lowered};

    #[test]
    fn a_first_letter_becomes_large() {
        for (word, expected) in
            [("hello", "Hello"), ("iPhone", "iPhone"), ("élan", "Élan"), ("3rd", "3rd"), ("", ""), ("漢", "漢")]
        {
            assert_eq!(capitalised(word), expected);
        }
    }

    #[test]
    fn only_names_stay_large_within_a_sentence() {
        let table = [
            ("en", "Hello", None, "hello"),
            ("en", "The", Some("Louvre"), "the"),
            ("en", "I", None, "I"),
            ("en", "I’ve", None, "I’ve"),
            ("en", "It", Some("is"), "it"),
            ("en", "NASA", None, "NASA"),
            ("en", "McDonald", None, "McDonald"),
            ("en", "Ada", Some("Lovelace"), "Ada"),
            ("en", "Perhaps", Some("I"), "perhaps"),
            ("en", "Apples", Some("I"), "apples"),
            ("en", "Monday's", None, "Monday's"),
            ("en", "K8s", None, "K8s"),
            ("de", "Haus", None, "Haus"),
            ("de", "Während", None, "während"),
            ("de", "Sie", None, "Sie"),
            ("fr", "Bonjour", None, "bonjour"),
            ("fr", "Marie", Some("Curie"), "Marie"),
            ("es", "La", Some("Habana"), "la"),
            ("ru", "Привет", None, "Привет"),
        ];
        for (language, word, next, expected) in table {
            assert_eq!(lowered(word, next, language), expected, "{language} {word}");
        }
    }
}
