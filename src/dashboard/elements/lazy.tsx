/** A component whose code is fetched when it is first drawn. */
import type { ComponentChildren, ComponentType } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { FailureNote, Loading } from "./answer.tsx";

type Fetched<Props> =
  | Readonly<{ kind: "loading" }>
  | Readonly<{ kind: "failed" }>
  | Readonly<{ kind: "ready"; component: ComponentType<Props> }>;

const FAILURE = {
  code: "UNREACHABLE",
  message: "A part of this page could not be loaded: the connection is gone, or Stackcast was updated",
};

/** `meanwhile` stands in its place until the code is there. */
export const lazy = <Props extends object>(
  fetchIt: () => Promise<ComponentType<Props>>,
  meanwhile: ComponentChildren = <Loading what="this part" />,
) => {
  let known: ComponentType<Props> | undefined;
  return (props: Props) => {
    const [fetched, setFetched] = useState<Fetched<Props>>(
      known ? { kind: "ready", component: known } : { kind: "loading" },
    );
    // Before the page is painted: the network is what takes long.
    useLayoutEffect(() => {
      if (known) return;
      const settle = async (): Promise<void> => {
        try {
          const component = (known = await fetchIt());
          setFetched({ kind: "ready", component });
        } catch {
          setFetched({ kind: "failed" });
        }
      };
      void settle();
    }, []);
    if (fetched.kind === "loading") return <>{meanwhile}</>;
    // A chunk that failed to load is not asked for again by browsers: the page is.
    if (fetched.kind === "failed") return <FailureNote failure={FAILURE} onRetry={() => location.reload()} />;
    const Component = fetched.component;
    return <Component {...props} />;
  };
};
