//! The sentences of the policy language: rules, periods and conditions.
//!
//! ```text
//! rule      = ("earliest of" | "latest of") "(" rule {"," rule} ")" | simple
//! simple    = ["within"] period "after" ["last"] EVENT [", end of year" | ", end of fiscal year"]
//!           | "immediately after" ["last"] EVENT | "until" ["last"] EVENT
//! period    = N unit ["(" ("tenant" | "record") "chooses" N unit "to" N unit ")"]
//! unit      = hour(s) | day(s) | week(s) | month(s) | year(s)
//! condition = both {"or" both} ; both = one {"and" one} ; one = "not" one | "(" condition ")" | FACT
//! ```
//!
//! Every tree has one canonical text, and parsing that text gives the tree again.

use std::{fmt::Write as _, ops::Range};

use obhut_core::{
    model::{Condition, Tier},
    period::{Period, Unit},
    rule::{Anchoring, Choice, Chooser, Rounding, Rule},
};

use crate::name;

/// How deep `earliest of (` and the like may be nested.
pub const DEEPEST: usize = 16;
/// The longest sentence, in bytes: nobody reads a longer one.
pub const LONGEST: usize = 2000;

/// A sentence that is not of the language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SentenceError {
    /// `rule-vague` or `sentence`.
    pub code: &'static str,
    /// The bytes of the sentence it is about.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to put it right.
    pub help: String,
}

/// Words of the grammar; an event or fact of that name could not be told apart from them.
pub(crate) const RESERVED: [&str; 24] = [
    "earliest",
    "latest",
    "of",
    "within",
    "after",
    "last",
    "immediately",
    "until",
    "end",
    "year",
    "years",
    "month",
    "months",
    "week",
    "weeks",
    "day",
    "days",
    "hour",
    "hours",
    "minute",
    "minutes",
    "and",
    "or",
    "not",
];

const UNITS: [(&str, &str, Unit); 6] = [
    ("minute", "minutes", Unit::Minute),
    ("hour", "hours", Unit::Hour),
    ("day", "days", Unit::Day),
    ("week", "weeks", Unit::Week),
    ("month", "months", Unit::Month),
    ("year", "years", Unit::Year),
];

const RULE_EXAMPLE: &str = "for example \"within 14 days after last shopper.activity\", \"8 years after invoice.issued, \
                            end of year\" or \"until contract.ended\"";

/// Parses a time rule.
pub fn parse_rule(text: &str) -> Result<Rule, SentenceError> {
    let parsed = Parser::new(text).and_then(|mut parser| {
        let rule = parser.rule(0)?;
        parser.end(
            "rule",
            "the rule is complete here; combine two with \"earliest of (…, …)\" or \"latest of (…, …)\"",
        )?;
        Ok(rule)
    });
    parsed.map_err(|error| in_plain_words(text, error))
}

/// Parses a period: `14 days`, `5 minutes`.
pub fn parse_period(text: &str) -> Result<Period, SentenceError> {
    let parsed = Parser::new(text).and_then(|mut parser| {
        let period = parser.period()?;
        parser.end("period", "a period is a number and a unit, for example \"14 days\"")?;
        Ok(period)
    });
    parsed.map_err(|error| in_plain_words(text, error))
}

/// Parses a condition over facts: `contract and not invoice`.
pub fn parse_condition(text: &str) -> Result<Condition, SentenceError> {
    let mut parser = Parser::new(text)?;
    let condition = parser.either(0)?;
    parser.end("condition", "join facts with \"and\" or \"or\", for example \"contract and not invoice\"")?;
    Ok(condition)
}

/// The canonical text of a rule.
pub fn canonical(rule: &Rule) -> String {
    let mut text = String::new();
    write_rule(rule, &mut text);
    text
}

/// The canonical text of a period.
pub fn period_text(period: Period) -> String {
    let unit = UNITS.iter().find(|(_, _, unit)| *unit == period.unit);
    let unit = unit.map_or("", |(one, many, _)| if period.count == 1 { one } else { many });
    format!("{} {unit}", period.count)
}

/// The canonical text of a tier of backups.
pub fn tier_text(tier: Tier) -> String {
    format!("{} for {}", tier.each.word(), period_text(tier.keep))
}

/// The canonical text of a condition, with as few brackets as possible.
pub fn condition_text(condition: &Condition) -> String {
    // How tightly the text of a condition holds together: or 0, and 1, not and facts 2.
    fn write(condition: &Condition, outside: u8, text: &mut String) {
        let own = match condition {
            Condition::Or(..) => 0,
            Condition::And(..) => 1,
            Condition::Not(_) | Condition::Fact(_) => 2,
        };
        if own < outside {
            text.push('(');
        }
        match condition {
            Condition::Fact(fact) => text.push_str(fact.as_str()),
            Condition::Not(inner) => {
                text.push_str("not ");
                write(inner, 2, text);
            }
            Condition::And(left, right) => {
                write(left, 1, text);
                text.push_str(" and ");
                write(right, 2, text);
            }
            Condition::Or(left, right) => {
                write(left, 0, text);
                text.push_str(" or ");
                write(right, 1, text);
            }
        }
        if own < outside {
            text.push(')');
        }
    }
    let mut text = String::new();
    write(condition, 0, &mut text);
    text
}

/// Who may choose a period.
const CHOOSERS: [(&str, Chooser); 2] = [("tenant", Chooser::Tenant), ("record", Chooser::Record)];

const fn last(anchor: Anchoring) -> &'static str {
    match anchor {
        Anchoring::First => "",
        Anchoring::Last => "last ",
    }
}

fn write_rule(rule: &Rule, text: &mut String) {
    let combined = |word: &str, rules: &[Rule], text: &mut String| {
        text.push_str(word);
        text.push_str(" of (");
        for (index, rule) in rules.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            write_rule(rule, text);
        }
        text.push(')');
    };
    match rule {
        Rule::Earliest(rules) => combined("earliest", rules, text),
        Rule::Latest(rules) => combined("latest", rules, text),
        Rule::After { within, period, choice, anchor, event, rounding } => {
            let within = if *within { "within " } else { "" };
            let rounded = match rounding {
                Some(Rounding::Year) => ", end of year",
                Some(Rounding::FiscalYear) => ", end of fiscal year",
                None => "",
            };
            let choice = choice.map_or_else(String::new, |choice| {
                let by = CHOOSERS.iter().find(|(_, by)| *by == choice.by).map_or("", |(word, _)| *word);
                format!(" ({by} chooses {} to {})", period_text(choice.least), period_text(choice.most))
            });
            let (period, last) = (period_text(*period), last(*anchor));
            // Writing to a string does not fail.
            let _ = write!(text, "{within}{period}{choice} after {last}{event}{rounded}");
        }
        Rule::Immediately(anchor, event) => {
            let _ = write!(text, "immediately after {}{event}", last(*anchor));
        }
        Rule::Until(anchor, event) => {
            let _ = write!(text, "until {}{event}", last(*anchor));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Open,
    Close,
    Comma,
}

impl std::fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(word) => write!(f, "`{word}`"),
            Self::Open => f.write_str("`(`"),
            Self::Close => f.write_str("`)`"),
            Self::Comma => f.write_str("`,`"),
        }
    }
}

fn tokens(text: &str) -> Vec<(Token<'_>, Range<usize>)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut at = 0;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Some(Token::Open), 1),
            ')' => (Some(Token::Close), 1),
            ',' => (Some(Token::Comma), 1),
            space if space.is_whitespace() => (None, space.len_utf8()),
            _ => {
                let length = rest
                    .find(|next: char| next.is_whitespace() || matches!(next, '(' | ')' | ','))
                    .unwrap_or(rest.len());
                (rest.get(..length).map(Token::Word), length)
            }
        };
        tokens.extend(token.map(|token| (token, at..at + length)));
        at += length;
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

struct Parser<'t> {
    tokens: Vec<(Token<'t>, Range<usize>)>,
    next: usize,
    end: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Result<Self, SentenceError> {
        if text.len() > LONGEST {
            return Err(SentenceError {
                code: "sentence",
                span: 0..text.len(),
                message: format!("this sentence has {} bytes; {LONGEST} are the most", text.len()),
                help: "say it shorter: nobody can check a sentence of this length".into(),
            });
        }
        Ok(Self { tokens: tokens(text), next: 0, end: text.len() })
    }

    fn peek(&self, ahead: usize) -> Option<Token<'t>> {
        self.tokens.get(self.next + ahead).map(|(token, _)| *token)
    }

    fn take(&mut self, token: Token<'_>) -> bool {
        let taken = self.peek(0) == Some(token);
        self.next += usize::from(taken);
        taken
    }

    fn word(&mut self, word: &str) -> bool {
        self.take(Token::Word(word))
    }

    fn span(&self) -> Range<usize> {
        self.tokens.get(self.next).map_or(self.end..self.end, |(_, span)| span.clone())
    }

    fn fail<T>(&self, expected: &str, help: impl Into<String>) -> Result<T, SentenceError> {
        let found = self.peek(0).map_or("the end of the sentence".into(), |token| token.to_string());
        Err(SentenceError {
            code: "sentence",
            span: self.span(),
            message: format!("expected {expected}, found {found}"),
            help: help.into(),
        })
    }

    /// A word of the grammar, with a help that knows typing errors.
    fn keyword(&mut self, word: &'static str, help: &str) -> Result<(), SentenceError> {
        if self.word(word) {
            return Ok(());
        }
        match self.peek(0) {
            Some(Token::Word(found)) if name::nearest(found, [word]).is_some() => {
                self.fail(&format!("`{word}`"), format!("did you mean `{word}`?"))
            }
            _ => self.fail(&format!("`{word}`"), help),
        }
    }

    fn end(&self, what: &str, help: &str) -> Result<(), SentenceError> {
        if self.next == self.tokens.len() { Ok(()) } else { self.fail(&format!("the end of the {what}"), help) }
    }

    fn rule(&mut self, depth: usize) -> Result<Rule, SentenceError> {
        if depth > DEEPEST {
            return self.fail(
                &format!("a rule nested at most {DEEPEST} deep"),
                "`earliest of (earliest of (a, b), c)` is the same as `earliest of (a, b, c)`",
            );
        }
        for (word, make) in [("earliest", Rule::Earliest as fn(Vec<Rule>) -> Rule), ("latest", Rule::Latest)] {
            if self.word(word) {
                return self.branches(word, depth).map(make);
            }
        }
        if self.word("immediately") {
            self.keyword("after", "write \"immediately after EVENT\"")?;
            let anchor = self.anchor();
            return Ok(Rule::Immediately(anchor, self.name("event", "immediately after contract.ended")?.into()));
        }
        if self.word("until") {
            let anchor = self.anchor();
            return Ok(Rule::Until(anchor, self.name("event", "until contract.ended")?.into()));
        }
        let within = self.word("within");
        match self.peek(0) {
            Some(Token::Word(word)) if word.starts_with(|first: char| first.is_ascii_digit()) => {}
            _ if within => return self.fail("a number", "write \"within N days after EVENT\", with N in digits"),
            Some(Token::Word(word)) => {
                let starts = ["within", "earliest", "latest", "immediately", "until"];
                let help = match name::nearest(word, starts) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => RULE_EXAMPLE.into(),
                };
                return self.fail("a rule", help);
            }
            _ => return self.fail("a rule", RULE_EXAMPLE),
        }
        let period = self.period_of_rule()?;
        let choice = self.choice()?;
        self.keyword("after", "a period needs the event from which it runs: \"14 days after EVENT\"")?;
        let anchor = self.anchor();
        let event = self.name("event", "14 days after last shopper.activity")?.into();
        let rounding = self.rounding()?;
        Ok(Rule::After { within, period, choice, anchor, event, rounding })
    }

    fn anchor(&mut self) -> Anchoring {
        if self.word("last") { Anchoring::Last } else { Anchoring::First }
    }

    fn period_of_rule(&mut self) -> Result<Period, SentenceError> {
        let span = self.span();
        let period = self.period()?;
        if period.unit == Unit::Minute {
            return Err(SentenceError {
                code: "sentence",
                span: span.start..self.tokens.get(self.next - 1).map_or(span.end, |(_, span)| span.end),
                message: "a rule cannot count minutes".into(),
                help: "the shortest unit of a rule is the hour; `sweep` in [policy] may have minutes".into(),
            });
        }
        Ok(period)
    }

    /// `(tenant chooses 7 days to 24 months)`.
    fn choice(&mut self) -> Result<Option<Choice>, SentenceError> {
        const HELP: &str = "write \"30 days (tenant chooses 7 days to 24 months) after EVENT\"";
        if !self.take(Token::Open) {
            return Ok(None);
        }
        let Some((_, by)) = CHOOSERS.into_iter().find(|(word, _)| self.word(word)) else {
            return self.fail("`tenant` or `record`", HELP);
        };
        self.keyword("chooses", HELP)?;
        let least = self.period_of_rule()?;
        self.keyword("to", HELP)?;
        let most = self.period_of_rule()?;
        if self.take(Token::Close) { Ok(Some(Choice { by, least, most })) } else { self.fail("`)`", HELP) }
    }

    /// `, end of year`, `, end of fiscal year`.
    fn rounding(&mut self) -> Result<Option<Rounding>, SentenceError> {
        if self.peek(0) != Some(Token::Comma) || self.peek(1) != Some(Token::Word("end")) {
            return Ok(None);
        }
        self.next += 2;
        self.keyword("of", "write \", end of year\"")?;
        let rounding = if self.word("fiscal") { Rounding::FiscalYear } else { Rounding::Year };
        self.keyword("year", "write \", end of year\" or \", end of fiscal year\"")?;
        Ok(Some(rounding))
    }

    fn branches(&mut self, word: &str, depth: usize) -> Result<Vec<Rule>, SentenceError> {
        let help = format!("write \"{word} of (RULE, RULE)\"");
        self.keyword("of", &help)?;
        if !self.take(Token::Open) {
            return self.fail("`(`", help);
        }
        let mut rules = vec![self.rule(depth + 1)?];
        while self.take(Token::Comma) {
            rules.push(self.rule(depth + 1)?);
        }
        if self.take(Token::Close) { Ok(rules) } else { self.fail("`,` or `)`", help) }
    }

    fn period(&mut self) -> Result<Period, SentenceError> {
        let help = "a period is a number in digits and a unit, for example \"14 days\" or \"8 years\"";
        let Some(Token::Word(number)) = self.peek(0) else {
            return self.fail("a number", help);
        };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.fail("a whole number in digits", help);
        }
        let count = number.parse::<u16>().ok().filter(|count| *count <= Period::MAX_COUNT);
        let Some(count) = count else {
            return self.fail(
                &format!("a number up to {}", Period::MAX_COUNT),
                "use a larger unit; a period longer than every life is no storage limitation (Art. 5(1)(e) GDPR)",
            );
        };
        if count == 0 {
            return self.fail("a number from 1", "for no delay write \"immediately after EVENT\"");
        }
        self.next += 1;
        let Some(Token::Word(word)) = self.peek(0) else {
            return self.fail("a unit", "hours, days, weeks, months or years");
        };
        let unit = UNITS.iter().find(|(one, many, _)| word == *one || word == *many);
        let Some((_, _, unit)) = unit else {
            let help = name::did_you_mean(word, UNITS.iter().skip(1).map(|(_, many, _)| *many));
            return self.fail("a unit", help.unwrap_or_default());
        };
        self.next += 1;
        Ok(Period::new(count, *unit))
    }

    /// A name: of an event or a fact.
    fn name(&mut self, what: &str, example: &str) -> Result<&'t str, SentenceError> {
        let article = if what == "event" { "an" } else { "a" };
        match self.peek(0) {
            Some(Token::Word(word)) if RESERVED.contains(&word) => self.fail(
                &format!("the name of {article} {what}"),
                format!("`{word}` is a word of the grammar; write for example \"{example}\""),
            ),
            Some(Token::Word(word)) if name::is_name(word) => {
                self.next += 1;
                Ok(word)
            }
            Some(Token::Word(_)) => self.fail(
                &format!("the name of {article} {what}"),
                format!(
                    "names are lower-case letters and digits joined by `.`, `-` or `_`; write for example \"{example}\""
                ),
            ),
            _ => self.fail(&format!("the name of {article} {what}"), format!("write for example \"{example}\"")),
        }
    }

    fn either(&mut self, depth: usize) -> Result<Condition, SentenceError> {
        let mut left = self.both(depth)?;
        while self.word("or") {
            left = Condition::Or(Box::new(left), Box::new(self.both(depth)?));
        }
        Ok(left)
    }

    fn both(&mut self, depth: usize) -> Result<Condition, SentenceError> {
        let mut left = self.single(depth)?;
        while self.word("and") {
            left = Condition::And(Box::new(left), Box::new(self.single(depth)?));
        }
        Ok(left)
    }

    fn single(&mut self, depth: usize) -> Result<Condition, SentenceError> {
        if depth > DEEPEST {
            return self.fail(&format!("a condition nested at most {DEEPEST} deep"), "say it with fewer brackets");
        }
        if self.word("not") {
            return Ok(Condition::Not(Box::new(self.single(depth + 1)?)));
        }
        if self.take(Token::Open) {
            let inner = self.either(depth + 1)?;
            return if self.take(Token::Close) { Ok(inner) } else { self.fail("`)`", "close the bracket") };
        }
        Ok(Condition::Fact(self.name("fact", "contract and not invoice")?.into()))
    }
}

/// Phrases that sound like a period and are none. (Art. 13(2)(a): the period, or the criteria that determine it.)
const VAGUE: [&str; 34] = [
    "reasonable",
    "appropriate",
    "as long as",
    "necessary",
    "required",
    "needed",
    "certain time",
    "certain period",
    "some time",
    "limited time",
    "limited period",
    "adequate",
    "as soon as possible",
    "soon",
    "promptly",
    "without undue",
    "in due course",
    "regularly",
    "usually",
    "generally",
    "approximately",
    "about",
    "indefinite",
    "angemessen",
    "so lange",
    "solange",
    "nötig",
    "notwendig",
    "erforderlich",
    "gewisse",
    "bestimmte zeit",
    "üblich",
    "unverzüglich",
    "unbefristet",
];

/// Words of a rule in German: it was meant well.
const GERMAN: [&str; 12] =
    ["innerhalb", "nach", "binnen", "bis", "tage", "tagen", "jahre", "jahren", "monate", "monaten", "sofort", "ende"];

/// Says of a sentence that is no rule what it seems to be instead.
fn in_plain_words(text: &str, error: SentenceError) -> SentenceError {
    if text.len() > LONGEST {
        return error;
    }
    let lower = text.to_lowercase();
    if VAGUE.iter().any(|phrase| contains_phrase(&lower, phrase)) {
        return SentenceError {
            code: "rule-vague",
            span: 0..text.len(),
            message: format!("\"{text}\" is not a period: no date follows from it"),
            help: "say from which event it runs and how long, for example \"within 14 days after last \
                   shopper.activity\"; if it depends on something, make that an event: \"until contract.ended\""
                .into(),
        };
    }
    if lower.split(|c: char| !c.is_alphabetic()).any(|word| GERMAN.contains(&word)) {
        return SentenceError {
            help: format!(
                "rules have one fixed grammar in English; the notice renders them in every language. Write {RULE_EXAMPLE}"
            ),
            ..error
        };
    }
    error
}

/// Whether `phrase` begins a word of `text` (so that `soon` is not found in `monsoon`, but `angemessen` in `angemessene`).
fn contains_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase)
        .any(|(at, _)| !text.get(..at).is_some_and(|before| before.ends_with(|last: char| last.is_alphanumeric())))
}
