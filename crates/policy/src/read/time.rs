//! How long: `[retain]`, `[hold]`.

use obhut_core::{
    model::{Action, Hold, HoldKind, Meanwhile, Retention, Stage},
    rule::Rule,
};

use super::{
    inventory::names,
    section::{Reader, Section, example, law},
    tree::Value,
};
use crate::diagnostic::Diagnostic;

const ART_PERIOD: &str = "Art. 5(1)(e), 13(2)(a) GDPR: how long data is stored";

pub(super) fn retain(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Retention {
    let data = reader.needed_list(section, "data", example("data = [\"customer\"]"));
    let leaves = reader.choice(section, "leaves", &[("proof", true)]);
    let unless = reader.behind(section, "unless", ("consent", |name| name.into()), &[]);
    let words = [("restrict", Meanwhile::Restrict), ("export-only", Meanwhile::ExportOnly)];
    let meanwhile = reader.behind(section, "meanwhile", ("only", |name| Meanwhile::Only(name.into())), &words);
    Retention {
        data: names(data),
        when: reader.condition(section, "when"),
        stages: stages(reader, section),
        unless,
        cancel: reader.string(section, "cancel").map(Into::into),
        meanwhile,
        leaves_proof: leaves.unwrap_or(false),
        cascade: reader.list(section, "cascade").map(names).unwrap_or_default(),
        law: reader.string(section, "law").map(str::to_owned),
    }
}

/// `rule` and `action`, or `stages`: a list of both.
fn stages(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Vec<Stage> {
    let Some(node) = reader.node(section, "stages") else {
        return stage(reader, section).into_iter().collect();
    };
    for key in ["rule", "action"] {
        if reader.node(section, key).is_some() {
            let place = reader.places.at(&format!("{}.{key}", section.path));
            reader.report(
                Diagnostic::error("misplaced-key", &place, format!("{} has `{key}` and `stages`", section.title))
                    .label("beside `stages`")
                    .help("put it into the first stage, or leave `stages` away"),
            );
        }
    }
    let help = "write stages = [{ rule = \"…\", action = \"restrict\" }, { rule = \"…\", action = \"erase\" }]";
    let Value::Array(items) = &node.value else {
        let finding = Diagnostic::error("wrong-type", &node.place, "`stages` is a list of rules with actions");
        reader.report(finding.label(format!("this is {}", node.value.kind())).help(help));
        return Vec::new();
    };
    if items.is_empty() {
        let finding = Diagnostic::error("empty", &node.place, format!("`stages` of {} is empty", section.title));
        reader.report(finding.label("no stage is listed here").help(help));
    }
    let mut stages = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let Value::Table(table) = &item.value else {
            let finding = Diagnostic::error("wrong-type", &item.place, "a stage is a rule with an action");
            reader.report(finding.label(format!("this is {}", item.value.kind())).help(help));
            continue;
        };
        let path = format!("{}.stages.{index}", section.path);
        reader.places.insert(path.as_str(), item.place.clone());
        let title = format!("stage {} of {}", index + 1, section.title);
        let mut inner = Section::new(path, title, item.place.clone(), table);
        stages.extend(stage(reader, &mut inner));
        reader.close(inner);
    }
    stages
}

fn stage(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Option<Stage> {
    let rule = reader.rule(section, "rule");
    if !section.has("rule") {
        reader.missing(section, "rule", law(ART_PERIOD, "rule = \"14 days after last shopper.activity\""));
    }
    let action = reader.needed_choice(section, "action", Action::WORDS, example("action = \"erase\""));
    Some(Stage { rule: rule?, action: action.unwrap_or(Action::Erase) })
}

pub(super) fn hold(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Hold {
    Hold {
        data: names(reader.needed_list(section, "data", example("data = [\"customer\"]"))),
        purpose: reader
            .needed_string(
                section,
                "purpose",
                law("Art. 5(1)(b), 18(2) GDPR: held data serves one purpose only", "purpose = \"dispute\""),
            )
            .as_str()
            .into(),
        ground: reader.needed_text(
            section,
            "ground",
            law(
                "Art. 17(3)(b)(e) GDPR: a hold needs a statute or a legal claim",
                "ground.de = \"Verteidigung von Rechtsansprüchen\"\nground.en = \"defence of legal claims\"",
            ),
        ),
        kind: hold_kind(reader, section),
    }
}

fn hold_kind(reader: &mut Reader<'_>, section: &mut Section<'_>) -> HoldKind {
    let statute = reader.choice(section, "kind", &[("dispute", false), ("statute", true)]).unwrap_or(false);
    if !statute {
        reader.misplaced(section, "law", "kind = \"statute\"");
        reader.misplaced(section, "rule", "kind = \"statute\"");
        let demand = law("Art. 5(1)(e) GDPR: a hold ends", "until = \"3 years\"");
        return HoldKind::Dispute { until: reader.needed_period(section, "until", false, demand) };
    }
    reader.misplaced(section, "until", "kind = \"dispute\"");
    let demand = law("Art. 17(3)(b) GDPR: a statutory hold needs a statute", "law = \"§ 147 AO\"");
    let statute = reader.needed_string(section, "law", demand);
    let rule = reader.rule(section, "rule");
    if !section.has("rule") {
        let example = "rule = \"8 years after invoice.issued, end of year\"";
        reader.missing(section, "rule", law("Art. 5(1)(e) GDPR: a hold ends", example));
    }
    HoldKind::Statute { law: statute, rule: rule.unwrap_or_else(|| Rule::Earliest(Vec::new())) }
}
