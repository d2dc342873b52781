import type { ExtensionContext } from "../../core/extensions.ts";
import type { KeyRule } from "../../core/keep.ts";
import { defineExtension } from "../../http/define-extension.ts";
import { isObject, ownSchema } from "../parts/own-schema.ts";
import {
  type Arriving,
  type Attribution,
  type AttributionOptions,
  type AttributionRules,
  acceptable,
  attributionOf,
  inForce,
  readRules,
  type Touches,
  touched,
  touchesSchema,
} from "./attribution.ts";
import { setKeeper } from "./confirm.ts";
import { kindOf, type Visiting, type VisitorKind } from "./kind.ts";
import { type nobody, type Subscriber, subscriberSchema } from "./subscriber.ts";

/** The options of `visitor`. */
export interface VisitorOptions {
  /** Which parameters of an address tell where a visitor came from (default: none). */
  readonly attribution?: AttributionOptions;
  /**
   * What survives sign-in (default: `{ attribution: "keep", subscriber: "drop" }`): whoever signs in need not be the subscriber whose
   * link was opened in this browser.
   */
  readonly keep?: { readonly attribution?: KeyRule; readonly subscriber?: KeyRule };
}

/** Who visits: `session.visitor`. Reading it asks no store. */
export interface Visitor {
  readonly kind: VisitorKind;
  /** The subscriber that the application's server has confirmed in this session, or `null`. */
  readonly subscriber: Subscriber | null;
  /** What was noted of where the visitor came from. It is what the visitor's browser said: look a coupon up before it counts. */
  readonly attribution: Attribution;
  /**
   * Notes the parameters of an address, or fields by name. Those that the configuration does not name, and what is no text of a
   * sensible length, are ignored; where nothing is left, nothing is written and no session begins.
   */
  note(arriving: Arriving): Promise<Attribution>;
}

interface Held {
  readonly touches: Touches;
  readonly subscriber: Subscriber | typeof nobody;
}

type Context = ExtensionContext<
  Held,
  { readonly touches: Touches | undefined; readonly subscriber: Subscriber | undefined }
>;

const fields = ownSchema<Readonly<Record<string, unknown>>>((value) => (isObject(value) ? value : undefined));

/**
 * Who visits, and where they came from: a subscriber whom the server has confirmed, a coupon, a referral.
 *
 * Both are kept in the session on the server. No cookie and no address says who a subscriber is: only `confirmSubscriber`, which
 * the application's server calls after it has verified them. Nothing is read or written before it is used.
 *
 * Adds the action `POST {basePath}/attribution` with the parameters as fields, for anyone, and shows a browser the kind and the
 * attribution.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong.
 *
 * @example
 * const extend = { visitor: visitor({ attribution: { parameters: { coupon: "last", utm_source: "first" } } }) }
 * // in a route handler
 * await session.visitor.note(new URL(request.url))
 */
export function visitor(options: VisitorOptions = {}) {
  const rules = readRules(options.attribution);
  const { attribution = "keep", subscriber = "drop" } = options.keep ?? {};
  return defineExtension({
    name: "visitor",
    data: { touches: touchesSchema, subscriber: subscriberSchema },
    keep: { touches: attribution, subscriber },
    resolve: (session: Visiting, context): Visitor => createVisitor(rules, session, context),
    actions: {
      attribution: {
        auth: "anyone",
        input: fields,
        handler: async ({ session, input }) => ({ attribution: await session.visitor.note(input) }),
      },
    },
    publicView: ({ kind, attribution }) => ({ kind, attribution }),
  });
}

function createVisitor(rules: AttributionRules, session: Visiting, context: Context): Visitor {
  const found: Visitor = {
    get kind() {
      return kindOf(session, this.subscriber !== null);
    },
    get subscriber() {
      const { subscriber } = context.data;
      return subscriber.id === null ? null : subscriber;
    },
    get attribution() {
      return attributionOf(inForce(context.data.touches, rules, context.now));
    },
    async note(arriving) {
      const { now } = context;
      const arrived = acceptable(arriving, rules);
      const isNews = touched(context.data.touches, arrived, rules, now) !== context.data.touches;
      if (isNews) await context.update("touches", (touches) => touched(touches, arrived, rules, now));
      return this.attribution;
    },
  };
  setKeeper(found, (subscriber) => context.set({ subscriber }));
  return found;
}
