import type { CommerceOptions, commerce as ours } from "../../../src/extensions/commerce/index.ts";

type Handler = (asked: { readonly session: { readonly userId: string | null }; readonly input: unknown }) => unknown;

/** The negative control: commerce whose actions of cart and seats act for whoever the body names. */
export function takingUsersFromBodies(commerce: typeof ours) {
  return (options: CommerceOptions): ReturnType<typeof ours> => {
    const extension = commerce(options);
    const { data } = options;
    const believing = (act: (userId: string, input: Record<string, string>) => unknown) => {
      const handler: Handler = async ({ session, input }) => {
        const given = input as Record<string, string>;
        await act(given.userId ?? String(session.userId), given);
        return {};
      };
      const validate = (value: unknown) => ({ value });
      return { input: { "~standard": { version: 1, vendor: "test", validate } }, handler };
    };
    const line = ({ productId = "" }: Record<string, string>) => ({ productId, quantity: 1 });
    const actions = {
      ...extension.actions,
      "cart-add": believing((userId, input) => data.addToCart(userId, line(input), 10)),
      "cart-set": believing((userId, input) => data.setInCart(userId, line(input))),
      "cart-remove": believing((userId, input) => data.setInCart(userId, { ...line(input), quantity: 0 })),
    };
    return { ...extension, actions } as unknown as ReturnType<typeof ours>;
  };
}
