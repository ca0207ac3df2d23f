//! How a question is told, also where nobody has typed its mark: whoever dictates or writes in haste leaves it out.

use super::words::{begins, plain, words};

pub(super) const MARKS: [char; 6] = ['?', '？', '؟', '⁇', '⁈', '¿'];
/// How questions end in Japanese, Chinese and Korean, where a mark is not needed.
const ENDS: [char; 5] = ['か', '吗', '嗎', '呢', '까'];
/// What asks in Chinese, and what makes it part of a statement.
const CHINESE: [&str; 12] =
    ["什么", "什麼", "为何", "谁是", "是谁", "哪里", "哪个", "哪年", "多少", "几点", "怎么", "如何"];
const CHINESE_STATED: [&str; 10] = ["知道", "告诉", "没什么", "不管", "无论", "解释", "说明", "都", "问", "教"];
/// Behind nothing but these, a comma goes on with what is asked.
const GOING_ON: [&str; 9] = ["and", "und", "et", "y", "e", "en", "и", "or", "oder"];

/// First words that ask, and how the next word begins; with none of these, whatever follows.
type Opening = (&'static [&'static str], &'static [&'static str]);

const VERBS: &[&str] =
    &["is", "are", "was", "were", "does", "do", "did", "can", "could", "would", "should", "will", "has", "have"];
const ENGLISH: [Opening; 13] = [
    (&["why", "what's", "whats", "where's", "how's"], &[]),
    (&["what", "where", "when", "how"], VERBS),
    (&["what"], &["time", "day", "year", "kind", "makes", "causes", "happens", "else", "about", "if"]),
    (&["how"], &["to", "come", "many", "much", "old", "far"]),
    (&["which"], &["of", "one", "ones"]),
    (&["do", "can", "could", "will", "would", "should"], &["you", "we", "they"]),
    (&["does", "did", "was", "has", "is"], &["he", "she", "it", "there", "any", "anyone", "anybody", "someone"]),
    (&["are", "were", "have"], &["you", "we", "they", "there", "any"]),
    (&["can", "could", "should", "may", "am", "do"], &["i"]),
    (&["is", "are", "was", "were", "does", "did"], &["the", "this", "these", "those", "my", "our", "your", "their"]),
    (&["can", "could", "will", "would"], &["any", "anyone", "anybody", "someone", "somebody", "it", "he", "she"]),
    (&["does", "did"], &[]),
    (&["isn't", "aren't", "doesn't", "didn't", "wasn't", "can't"], &["he", "she", "it", "there", "you", "we", "they"]),
];
/// The same, and German, French, Spanish, Italian, Portuguese, Dutch, Russian. Some of these words begin clauses that ask nothing, which a comma ends.
const OTHERS: [Opening; 34] = [
    (&["who", "who's", "whose"], &[]),
    (&["wer", "wen", "wem", "wessen", "warum", "wieso", "weshalb", "woher", "wohin", "wann", "wieviel"], &[]),
    (&["welche", "welcher", "welches", "welchen", "welchem"], &[]),
    (
        &["wo", "was"],
        &[
            "ist", "sind", "war", "waren", "kann", "liegt", "steht", "macht", "passiert", "bedeutet", "kostet", "gibt",
            "heißt",
        ],
    ),
    (
        &["wie"],
        &[
            "viel",
            "viele",
            "hoch",
            "alt",
            "lang",
            "lange",
            "weit",
            "groß",
            "schwer",
            "oft",
            "heißt",
            "heißen",
            "geht",
            "kann",
            "macht",
            "ist",
            "sind",
            "funktioniert",
            "war",
            "wird",
            "spät",
            "schnell",
            "teuer",
            "tief",
            "komm",
            "komme",
            "schreibt",
        ],
    ),
    (&["kannst", "hast", "bist", "willst", "weißt", "magst", "kommst", "könntest", "würdest"], &["du"]),
    (&["können", "haben", "sind", "wissen", "könnten", "würden"], &["sie", "wir"]),
    (&["kann", "darf", "soll", "ist", "war"], &["ich", "man", "er", "es", "das", "der", "die"]),
    (&["gibt"], &["es"]),
    (&["où", "pourquoi", "combien", "qu'est"], &[]),
    (&["ou"], &["est", "sont", "se"]),
    (&["est"], &["ce"]),
    (&["quel", "quelle", "quels", "quelles"], &["est", "sont", "était", "temps", "heure", "jour", "âge"]),
    (
        &["comment"],
        &["fait", "faire", "ça", "va", "vas", "est", "dit", "peut", "puis", "s'appelle", "fonctionne", "marche"],
    ),
    (&["qui"], &["est", "sont", "était", "a", "peut", "va"]),
    (&["quand"], &["est", "sont", "part", "commence", "sera", "arrive"]),
    (&["as", "peux", "sais", "connais", "viens", "veux"], &["tu"]),
    (&["avez", "pouvez", "savez", "êtes", "pourriez", "connaissez"], &["vous"]),
    (
        &[
            "cuál", "cuáles", "cuándo", "cuánto", "cuántos", "cuánta", "cuántas", "dónde", "quién", "quiénes", "cómo",
            "qué",
        ],
        &[],
    ),
    (&["cuantos", "cuantas", "cuanto", "cuanta"], &[]),
    (
        &["cual", "cuales", "cuando", "donde", "quien", "como"],
        &["es", "son", "fue", "era", "está", "esta", "están", "queda", "se", "puedo", "estás"],
    ),
    (&["por"], &["qué"]),
    (&["qual", "quali", "quando", "dove", "chi", "cosa"], &["è", "sono", "era", "fu", "parte", "ha", "si"]),
    (&["quanti", "quante", "quanto", "quanta", "quantos", "quantas"], &[]),
    (&["che"], &["ora", "cosa", "giorno"]),
    (&["qual", "quem", "onde", "quando"], &["é", "foi", "são", "fica", "está"]),
    (&["wat", "wie", "waar", "wanneer"], &["is", "zijn", "was", "heeft", "ligt", "komt", "begint"]),
    (&["hoe"], &["laat", "lang", "oud", "groot", "werkt", "veel", "gaat", "heet"]),
    (&["hoeveel", "waarom", "welke"], &[]),
    (&["кто", "где", "когда", "почему", "зачем", "сколько", "куда", "откуда", "чей"], &[]),
    (&["какой", "какая", "какое", "какие"], &[]),
    (&["как"], &["зовут", "называется", "дела", "сделать", "работает", "долго", "далеко", "можно", "пройти", "часто"]),
    (&["что"], &["такое", "значит", "это", "делать", "ты", "вы"]),
    (&["можешь", "можете", "знаешь", "знаете"], &["ты", "вы", "ли", "мне"]),
];

pub(super) fn is_question(sentence: &str) -> bool {
    let plain = plain(sentence);
    let bare = sentence.trim_end_matches(['"', '”', '»', '」', ')', ' ']);
    // Greek has the semicolon for it.
    let is_greek = || sentence.chars().any(|letter| matches!(letter, 'α'..='ω'));
    bare.ends_with(MARKS)
        || bare.ends_with(';') && is_greek()
        || bare.trim_end_matches(['.', '。']).ends_with(ENDS)
        || asks_in_chinese(bare)
        || asks_with_verb(&plain)
        || asks_of_many(&plain)
        || opens(&ENGLISH, &plain)
        || opens(&OTHERS, &plain) && !has_other_clause(&plain)
}

/// With a colon behind it, it announces what is asked or said: "How to get there:".
fn opens(openings: &[Opening], plain: &str) -> bool {
    let words = words(plain);
    let [first, second, ..] = words.as_slice() else { return false };
    let is_first = |opening: &&Opening| opening.0.contains(&first.as_str());
    let goes_on = |next: &&str| begins(second, next) && (next.len() > 3 || second == next);
    !plain.ends_with(':')
        && openings.iter().filter(is_first).any(|(_, next)| next.is_empty() || next.iter().any(&goes_on))
}

/// "Wer zu spät kommt, verliert": nobody asks.
fn has_other_clause(plain: &str) -> bool {
    let mut behind = plain.split(',').skip(1);
    behind.any(|part| words(part).first().is_some_and(|first| !GOING_ON.contains(&first.as_str())))
}

/// "Do penguins have knees", "can the dog eat rice", and not "do the dishes", "can call and need a number".
fn asks_of_many(plain: &str) -> bool {
    const VERBS: &str = "have eat need like sleep drink get want feel know think grow live really ever fly swim see hear speak talk work exist \
        make take go come be become use learn die bite lay cause help survive";
    const OTHER: [&str; 6] = ["and", "or", "not", "be", "to", "it"];
    let words = words(plain);
    let Some((first, following)) = words.split_first() else { return false };
    let following = &following[..following.len().min(3)];
    let is_verb = |word: &String| VERBS.split(' ').any(|verb| verb == word);
    matches!(first.as_str(), "do" | "can" | "could" | "would" | "should" | "will")
        && following.iter().skip(1).any(is_verb)
        && !following.iter().any(|word| OTHER.contains(&word.as_str()))
        && !has_other_clause(plain)
}

fn asks_in_chinese(sentence: &str) -> bool {
    CHINESE.iter().any(|asking| sentence.contains(asking))
        && !CHINESE_STATED.iter().any(|stated| sentence.contains(stated))
}

/// "What colour does …", "how many legs did …", "which rivers are …", and not "what I do", "how the code is built".
fn asks_with_verb(plain: &str) -> bool {
    const NO_SUBJECT_YET: [&str; 10] = ["i", "you", "we", "they", "he", "she", "it", "the", "this", "that"];
    let words = words(plain);
    let Some((first, following)) = words.split_first() else { return false };
    let following = &following[..following.len().min(3)];
    let verbs = match first.as_str() {
        "what" | "whose" => &["do", "does", "did"][..],
        "which" | "how" => VERBS,
        _ => return false,
    };
    let verb = following.iter().position(|word| verbs.contains(&word.as_str()));
    // "Which is why" goes on with what was said.
    verb.is_some_and(|verb| {
        (verb > 0 || first != "which") && !following[..verb].iter().any(|word| NO_SUBJECT_YET.contains(&word.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::is_question;

    #[test]
    fn questions_are_known_without_their_mark() {
        for question in [
            "who painted the mona lisa, and when",
            "what colour does the sky have",
            "how tall is the tower",
            "how do magnets work",
            "which rivers flow into the sea?",
            "is the earth flat",
            "did anyone call",
            "do penguins have knees",
            "can fish sleep with open eyes",
            "wer war der erste mann auf dem mond",
            "wie hoch ist der turm, und wer hat ihn gebaut",
            "wieviel ist 17 mal 3",
            "kannst du das lesen",
            "ou est la gare",
            "quelle est la capitale du canada",
            "combien coûte le billet",
            "cuantos dias tiene un año",
            "qual è la capitale",
            "hoe laat is het",
            "сколько ног у паука",
            "世界上最高的山是什么",
            "你会游泳吗",
        ] {
            assert!(is_question(question), "{question}");
        }
    }

    #[test]
    fn what_asks_nothing_is_no_question() {
        for statement in [
            "How the code is built.",
            "What matters is the price.",
            "Which is why I left.",
            "When the shop opens, call me.",
            "Who knows, maybe he comes.",
            "How to get there:",
            "do the dishes",
            "do the dishes, get bread",
            "can call and need a number",
            "will call you tomorrow",
            "have a nice day",
            "Wer zu spät kommt, verliert.",
            "Wie besprochen sende ich den Bericht.",
            "Quand il pleut, je reste.",
            "Como siempre, gracias.",
            "Когда идёт дождь, мы дома.",
            "我不知道他在哪里。",
            "comment on the pull request",
        ] {
            assert!(!is_question(statement), "{statement}");
        }
    }
}
