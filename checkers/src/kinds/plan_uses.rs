//! `run.plan-uses`: plans use the access methods that their queries call for.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, written};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Verdict};

/// The methods by query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanUses {
    /// For each query the access methods of which one must be in its plan, as in `["gin"]`.
    pub methods: BTreeMap<String, Vec<String>>,
}

/// Looks into the plan of every draw.
///
/// # Errors
/// They were not measured: the specification's `needs` are wrong.
pub fn check(spec: &PlanUses, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let runs = written(&cx.notebook.runs, "runs")?;
    let mut wrong: Vec<Message> = Vec::new();
    for (query, wanted) in &spec.methods {
        let plans = runs.iter().filter(|run| &run.query == query);
        let mut seen = BTreeSet::new();
        let mut everywhere = true;
        for run in plans {
            let used: Vec<&String> = run
                .plan
                .walk()
                .filter_map(|node| node.method.as_ref())
                .collect();
            everywhere &= used.iter().any(|method| wanted.contains(method));
            seen.extend(used.into_iter().cloned());
        }
        if !everywhere {
            let used = seen.into_iter().collect::<Vec<_>>().join(", ");
            wrong.push(if used.is_empty() {
                message!("plan-uses-none", query = query, wanted = wanted.join(" / "))
            } else {
                message!(
                    "plan-uses-other",
                    query = query,
                    wanted = wanted.join(" / "),
                    used = used
                )
            });
        }
    }
    let right = spec.methods.len() - wrong.len();
    let message = message!("plan-uses-counted", right = right, of = spec.methods.len());
    let evidence = Evidence::from(message).with_details(wrong);
    Ok(if right == spec.methods.len() {
        Verdict::passed(evidence)
    } else {
        Verdict::failed(evidence)
    })
}
