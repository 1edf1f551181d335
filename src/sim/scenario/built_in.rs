//! Where scenarios come from: those that are built in, and texts.

use super::{
    file,
    parts::{Project, Scenario, ScenarioError},
};

const BUILT_IN: [(&str, &str); 5] = [
    ("taskapp", include_str!("../../../assets/scenarios/taskapp.yaml")),
    ("failing", include_str!("../../../assets/scenarios/failing.yaml")),
    ("platform", include_str!("../../../assets/scenarios/platform.yaml")),
    ("crash", include_str!("../../../assets/scenarios/crash.yaml")),
    ("big", include_str!("../../../assets/scenarios/big.yaml")),
];

impl Scenario {
    /// The names of the built-in scenarios, the default one first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A built-in scenario; `None` where there is none of that name.
    pub fn built_in(name: &str) -> Option<Result<Self, ScenarioError>> {
        let (name, text) = BUILT_IN.iter().find(|(n, _)| *n == name)?;
        Some(Self::parse(name, text))
    }

    /// Reads a scenario's text; `name` is for errors: a file's path, say.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScenarioError> {
        file::read(name, text)
    }

    /// The project that the dashboard shows.
    pub fn project(&self) -> Option<&Project> {
        self.projects.first()
    }
}
