//! What people read is in words: short names without a label have a `[word.X]`.

use std::collections::HashSet;

use obhut_core::model::Condition;

use super::Check;
use crate::diagnostic::Diagnostic;

const ARTICLE: &str = "Art. 12(1) GDPR: people read words, not identifiers";

/// Fields the program has words for; see `say::field`.
const FIELDS: [&str; 12] = [
    "account_holder",
    "address",
    "balance",
    "company",
    "configuration",
    "email",
    "iban",
    "invoice",
    "name",
    "payment_method",
    "phone",
    "product",
];
/// Forms it has words for; see `say::place`.
const FORMS: [&str; 7] = [
    "client-account",
    "consent-banner",
    "contact-form",
    "login-form",
    "newsletter-form",
    "purchase-form",
    "registration-form",
];
/// Values it has words for; see `say::value`.
const VALUES: [&str; 4] = ["debit", "invoice", "no", "yes"];

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Field,
    Form,
    Fact,
    Value,
    Topic,
}

pub(super) fn run(check: &mut Check<'_>) {
    let uses = uses(check);
    missing(check, &uses);
    negated_facts(check);
    without_use(check, &uses);
}

/// Every short name that a notice shows, with where it stands first.
fn uses(check: &Check<'_>) -> Vec<(Use, String, String)> {
    let model = check.model;
    let mut uses = Vec::new();
    for (name, class) in &model.data {
        for field in &class.fields {
            uses.push((Use::Field, field.to_string(), format!("data.{name}.fields[{field}]")));
        }
        if let Some(only_if) = &class.only_if {
            uses.push((Use::Value, only_if.equals.clone(), format!("data.{name}.only_if")));
        }
    }
    for (name, log) in &model.logs {
        for field in log.fields.iter().flatten() {
            uses.push((Use::Field, field.to_string(), format!("log.{name}.fields[{field}]")));
        }
    }
    for (name, consent) in &model.consents {
        uses.push((Use::Form, consent.asked_on.clone(), format!("consent.{name}.where")));
    }
    for (name, retention) in &model.retentions {
        for fact in retention.when.iter().flat_map(Condition::facts) {
            uses.push((Use::Fact, fact.to_string(), format!("retain.{name}.when")));
        }
    }
    for (name, channel) in &model.messages {
        for topic in &channel.topics {
            uses.push((Use::Topic, topic.to_string(), format!("message.{name}.topics[{topic}]")));
        }
    }
    uses
}

fn known(what: Use, name: &str) -> bool {
    match what {
        Use::Field => FIELDS.contains(&name),
        Use::Form => FORMS.contains(&name),
        Use::Value => VALUES.contains(&name),
        // A topic without a word is an unknown name.
        Use::Topic => true,
        Use::Fact => false,
    }
}

fn missing(check: &mut Check<'_>, uses: &[(Use, String, String)]) {
    let model = check.model;
    let mut said = HashSet::new();
    for (what, name, path) in uses {
        if name.is_empty() || known(*what, name) || model.words.contains_key(name) || !said.insert(name) {
            continue;
        }
        // What is no short name was reported; a value with capital letters or spaces is a word already.
        if !crate::name::is_name(name) {
            continue;
        }
        let (kind, example) = match what {
            Use::Field => ("field", "de = \"…\"\nen = \"…\"".to_owned()),
            Use::Form => ("form", "de = \"im …formular\"\nen = \"in the … form\"".to_owned()),
            Use::Fact => (
                "fact",
                "de = \"zu einem …\"\nen = \"about a …\"\nwithout.de = \"ohne …\"\nwithout.en = \"without a …\""
                    .to_owned(),
            ),
            Use::Value | Use::Topic => ("value", "de = \"…\"\nen = \"…\"".to_owned()),
        };
        let place = check.at(path);
        check.report(
            Diagnostic::warning(
                "word-missing",
                &place,
                format!("the notice has no word for the {kind} `{name}` and shows its short name"),
            )
            .label("not a word people know")
            .help(format!("add for example\n[word.{name}]\n{example}"))
            .article(ARTICLE),
        );
    }
}

/// "records without a contract" needs a phrase of its own.
fn negated_facts(check: &mut Check<'_>) {
    fn negated(condition: &Condition, not: bool, found: &mut Vec<String>) {
        match condition {
            Condition::Fact(fact) if not => found.push(fact.to_string()),
            Condition::Fact(_) => {}
            Condition::Not(inner) => negated(inner, !not, found),
            Condition::And(left, right) | Condition::Or(left, right) => {
                negated(left, not, found);
                negated(right, not, found);
            }
        }
    }
    let model = check.model;
    let mut said = HashSet::new();
    for (name, retention) in &model.retentions {
        let mut facts = Vec::new();
        if let Some(when) = &retention.when {
            negated(when, false, &mut facts);
        }
        for fact in facts {
            let lacks = model.words.get(&fact).is_some_and(|word| word.without.is_none());
            if !lacks || !said.insert(fact.clone()) {
                continue;
            }
            let place = check.at(&format!("word.{fact}"));
            check.report(
                Diagnostic::warning(
                    "word-missing",
                    &place,
                    format!("[retain.{name}] is about records without `{fact}`, and [word.{fact}] has no `without`"),
                )
                .label("`without` is missing here")
                .help("add for example\nwithout.de = \"ohne Vertrag\"\nwithout.en = \"without a contract\"")
                .article(ARTICLE),
            );
        }
    }
}

fn without_use(check: &mut Check<'_>, uses: &[(Use, String, String)]) {
    let used: HashSet<&str> = uses.iter().map(|(_, name, _)| name.as_str()).collect();
    for name in check.model.words.keys().filter(|name| !used.contains(name.as_str())) {
        let place = check.at(&format!("word.{name}"));
        check.report(
            Diagnostic::warning("word-without-use", &place, format!("nothing is called `{name}`"))
                .label("a word for nothing")
                .help(
                    "it is probably misspelt: a word has the name of the field, form, fact, value or topic it is for",
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use obhut_core::model::Lang;

    use super::*;
    use crate::{Sources, load, say};

    #[test]
    fn what_is_known_here_has_a_word_there() {
        let parts = [include_str!("../../corpus/parts/head.toml"), include_str!("../../corpus/parts/customer.toml")];
        let model = load(&Sources::one("policy.toml", parts.join("\n"))).model.unwrap();
        let own = |text: &str| text.contains('“');
        for lang in Lang::ALL {
            for field in FIELDS {
                assert!(!own(&say::field(&model, field, lang)), "{field}");
            }
            for form in FORMS {
                assert!(!own(&say::place(&model, form, lang)), "{form}");
            }
            assert!(own(&say::field(&model, "customer_no", lang)) && own(&say::place(&model, "trade-fair", lang)));
        }
    }
}
