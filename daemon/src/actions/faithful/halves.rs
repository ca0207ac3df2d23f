//! What is said in fewer words is about all of the text, and not about its beginning or its end alone.

use super::Doubt;
use super::words::{akin, own_words, words};

/// A half with fewer words of its own than this may have nothing that matters.
const FEW: usize = 8;

/// Words by which people are polite, and such as join others, in English, German, French and Spanish: a text says as much without them.
const FILLERS: &str = "aber about actually afin after again ainsi algo allen alles already also always anybody anything appreciated aquí auch aussi \
    avec avoir avons because been before being believe bereits bien bitte bonjour case cette come comme como con conclusion \
    convenience could cuando damit danke dann dans dass davon dear deine denn depuis desde diese diesem diesen dieser dieses doch \
    does doing donde done down earliest eigentlich eine einem einen einer einmal ella elle ellos encore entre esta este estimado \
    está euch eure even everybody everyone everything fact feel from ganz gern gerne give glad good gracias grateful great habe \
    haben hallo happy hard hasta have having hello help here hereby herzlich hesitate hiermit hola hope however hätte ihnen ihre \
    ihren immer indeed inform informarle informer into jetzt just kann kannst kenntnis kind kindly know können könnte könntest \
    lamentablemente last leider letting leur like little long look madame made mais make many matter maybe mich might mitteilen \
    moment monsieur more most much muchas mucho muss must muy más même möchte möchten nach need nice nicht noch normalement nous \
    oder order other over para parce perhaps pero plaisir please pleased plus podría porque possible pour pourriez puede puis \
    quand quisiera quite rather really regard regarding remind said same según sehr sein seit setzen shall should sich simplement \
    sind small sobre some somebody something sommes sont soon sous stelle still such sure take taking también tell than thank \
    thanks that their them then there these they thing things think thinking this those through tiene time todo todos tout \
    trouble très unfortunately unter upon usted ustedes very vielen vielleicht vom votre vous vraiment want wanted weekend weil \
    well werden were what when where whether which while wieder will wird wirklich wish with wonder wondering would write writing \
    wurde wäre würde würden year years your yourself êtes être über";

pub(super) fn check(text: &str, answer: &str) -> Option<Doubt> {
    let mut own = own_words(text);
    own.retain(|word| !FILLERS.split(' ').any(|filler| filler == word));
    let (first, second) = own.split_at(own.len() / 2);
    let said = words(answer);
    let is_in = |word: &String, others: &[String]| others.iter().any(|other| akin(word, other));
    let is_left_out = |half: &[String], other: &[String]| {
        let only_here: Vec<&String> = half.iter().filter(|word| !is_in(word, other)).collect();
        only_here.len() >= FEW && !only_here.into_iter().any(|word| is_in(word, &said))
    };
    (is_left_out(first, second) || is_left_out(second, first)).then_some(Doubt::Half)
}
