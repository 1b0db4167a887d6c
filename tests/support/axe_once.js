// Runs axe and gives what it finds broken. Most of axe's time goes into contrasts, and a long page has thousands of texts
// that look alike: of those it measures the first, and all where it cannot tell about the first. Alike are texts that
// have the same style, lie in elements of the same styles, and have nothing painted over or under them but what they lie
// in. (test_axe.py: nothing is lost by it.)
async (options) => {
  const STYLES = [
    ...["color", "backgroundColor", "backgroundImage", "backgroundClip", "opacity", "visibility", "display", "filter"],
    ...["fontSize", "fontWeight", "fontFamily", "textShadow", "mixBlendMode", "position", "overflow", "clip", "clipPath"],
    ...["transform", "zIndex"],
  ];
  const PICTURES = new Set(["IMG", "svg", "CANVAS", "VIDEO", "IFRAME"]);
  const looks = new Map();
  const numbers = new Map();
  const painted = [];

  function lookOf(element) {
    if (!element) return 0;
    if (!looks.has(element)) {
      const styles = getComputedStyle(element);
      const look = `${lookOf(element.parentElement)} ${STYLES.map((name) => styles[name]).join("|")}`;
      if (!numbers.has(look)) numbers.set(look, numbers.size + 1);
      looks.set(element, numbers.get(look));
      const isClear = styles.backgroundImage === "none" && /^rgba\(.*, 0\)$/.test(styles.backgroundColor);
      if (!isClear || PICTURES.has(element.tagName)) painted.push([element, element.getBoundingClientRect()]);
    }
    return looks.get(element);
  }

  function touchesAnother(element) {
    const box = element.getBoundingClientRect();
    return painted.some(
      ([other, its]) =>
        its.left < box.right && its.right > box.left && its.top < box.bottom && its.bottom > box.top &&
        !other.contains(element) && !element.contains(other),
    );
  }

  document.querySelectorAll("*").forEach(lookOf);
  const alike = new Map();
  const rule = axe._audit.rules.find(({ id }) => id === "color-contrast");
  const { matches } = rule;
  rule.matches = (element, ...rest) => {
    if (!matches(element, ...rest)) return false;
    if (touchesAnother(element)) return true;
    const look = lookOf(element);
    if (!alike.has(look)) alike.set(look, []);
    return alike.get(look).push(element) === 1;
  };
  try {
    const { violations, incomplete } = await axe.run(document, {
      ...options,
      preload: { assets: ["media"] }, // loading the style sheets once more is for a rule that is off
      resultTypes: ["violations", "incomplete"],
      elementRef: true,
    });
    const unsure = incomplete.filter(({ id }) => id === rule.id).flatMap(({ nodes }) => nodes.map(({ element }) => element));
    const others = unsure.flatMap((element) => {
      const group = alike.get(lookOf(element)) ?? [];
      return group[0] === element ? group.slice(1) : [];
    });
    rule.matches = matches;
    const more = others.length
      ? (await axe.run({ include: others }, { runOnly: [rule.id], resultTypes: ["violations"] })).violations
      : [];
    return [...violations, ...more].map(({ id, help, nodes }) => [id, help, nodes.map(({ target }) => String(target))]);
  } finally {
    rule.matches = matches;
  }
}
